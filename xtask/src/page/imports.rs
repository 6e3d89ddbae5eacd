//! Gives what the wasm imports from its glue names of one or two letters.
//!
//! wasm-bindgen ends each of these names in 16 random letters, which stand in the wasm and in the glue
//! and which nothing compresses: two hundredths of the page's download.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use wasm_encoder::{EntityType, ImportSection, Module, RawSection};
use wasmparser::{Parser, Payload};

/// Renames in both files, or fails and leaves both as they are.
///
/// # Errors
/// When a name does not stand exactly once in the glue: then these two files are no pair, or
/// wasm-bindgen writes its glue in another way now.
pub(super) fn shorten(wasm_file: &Path, glue_file: &Path) -> Result<()> {
    let wasm = fs::read(wasm_file).with_context(|| format!("reading {}", wasm_file.display()))?;
    let glue = fs::read_to_string(glue_file)
        .with_context(|| format!("reading {}", glue_file.display()))?;
    let (wasm, glue) = renamed(&wasm, glue)?;
    fs::write(wasm_file, wasm).with_context(|| format!("writing {}", wasm_file.display()))?;
    fs::write(glue_file, glue).with_context(|| format!("writing {}", glue_file.display()))
}

fn renamed(wasm: &[u8], mut glue: String) -> Result<(Vec<u8>, String)> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.context("reading the wasm")?;
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        let Payload::ImportSection(imports) = payload else {
            let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
            let data = &wasm[range];
            module.section(&RawSection { id, data });
            continue;
        };
        let mut section = ImportSection::new();
        for (index, import) in imports.into_imports().enumerate() {
            let import = import.context("reading the imports")?;
            let name = short_name(index);
            glue = replaced_once(&glue, import.name, &name)?;
            let kind = EntityType::try_from(import.ty).context("reading an import")?;
            section.import(import.module, &name, kind);
        }
        module.section(&section);
    }
    Ok((module.finish(), glue))
}

/// The glue defines each import as a property with the import's name.
fn replaced_once(glue: &str, name: &str, short: &str) -> Result<String> {
    let property = format!("{name}:");
    let found = glue.matches(&property).count();
    ensure!(found == 1, "the glue defines `{name}` {found} times");
    Ok(glue.replacen(&property, &format!("{short}:"), 1))
}

/// `a` to `z`, `aa` to `zz` and on: letters only, so that each is a property name without quotes.
fn short_name(index: usize) -> String {
    const LETTERS: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";
    let letter = char::from(LETTERS[index % LETTERS.len()]);
    match index / LETTERS.len() {
        0 => letter.to_string(),
        more => format!("{}{letter}", short_name(more - 1)),
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{TypeSection, ValType};

    use super::*;

    fn importing(names: &[&str]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([ValType::I32], []);
        let mut imports = ImportSection::new();
        for name in names {
            imports.import("./glue.js", name, EntityType::Function(0));
        }
        let mut module = Module::new();
        module.section(&types).section(&imports);
        module.finish()
    }

    #[test]
    fn both_sides_get_the_same_new_name() -> Result<()> {
        let wasm = importing(&["__wbg_now_16f0c993d5dd6c27", "__wbindgen_cast_0001"]);
        let glue = "{__wbg_now_16f0c993d5dd6c27: function() {}, __wbindgen_cast_0001: f}";
        let (wasm, glue) = renamed(&wasm, glue.to_owned())?;
        assert_eq!(wasm, importing(&["a", "b"]));
        assert_eq!(glue, "{a: function() {}, b: f}");
        Ok(())
    }

    #[test]
    fn files_that_are_no_pair_are_refused() {
        let wasm = importing(&["__wbg_now_16f0c993d5dd6c27"]);
        assert!(renamed(&wasm, "{}".to_owned()).is_err());
    }

    #[test]
    fn no_two_short_names_are_the_same() {
        let names: std::collections::HashSet<String> = (0..1_000).map(short_name).collect();
        assert_eq!(names.len(), 1_000);
        assert_eq!(short_name(25), "z");
        assert_eq!(short_name(26), "aa");
        assert_eq!(short_name(27), "ab");
    }
}
