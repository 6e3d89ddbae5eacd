//! Files of voucher codes: one code a line, as spreadsheets and editors on all systems write them.

use std::collections::HashMap;
use std::path::Path;

use crate::settings::{Mistakes, Place, Read, read_text};

/// More codes than this in one file are a mistake.
const CODES_MAX: usize = 1_000_000;
const CODE_CHARACTERS_MAX: usize = 64;
/// A million of the longest codes with their line ends.
const FILE_BYTES_MAX: u64 = 68_000_000;
/// A file in another format has the same mistake in every line.
const MISTAKES_TOLD_MAX: usize = 10;

/// What a file holds.
pub(super) struct CodesFile {
    place: Place,
    /// Each code with its line, from 1 on.
    codes: Vec<(usize, String)>,
}

impl CodesFile {
    /// Empty lines and lines that begin with `#` are skipped. Codes that are none are noted.
    pub(super) fn read(path: &Path, mistakes: &mut Mistakes) -> Read<CodesFile> {
        let text = read_text(path, FILE_BYTES_MAX)
            .map_err(|sentence| format!("{} {sentence}", path.display()))?;
        let mut told = Told::of(Place::file(path));
        let mut codes = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let number = index.saturating_add(1);
            let code = line.trim();
            if code.is_empty() || code.starts_with('#') {
                continue;
            }
            match mistake(line, code) {
                None => codes.push((number, code.to_owned())),
                Some(sentence) => told.note(number, sentence, mistakes),
            }
        }
        told.end(mistakes);
        if codes.len() > CODES_MAX {
            return Err(format!("names a file of more than {CODES_MAX} codes"));
        }
        Ok(CodesFile {
            place: Place::file(path),
            codes,
        })
    }

    /// The codes alone.
    pub(super) fn codes(&self) -> Vec<String> {
        self.codes.iter().map(|(_, code)| code.clone()).collect()
    }
}

/// Never the code itself: it is worth money.
fn mistake(line: &str, code: &str) -> Option<String> {
    let begins = line.find(code).unwrap_or_default();
    let strange = code.find(|one: char| !one.is_ascii_graphic());
    if let Some(at) = strange {
        let before = line.get(..begins.saturating_add(at)).unwrap_or_default();
        let column = before.chars().count().saturating_add(1);
        return Some(format!(
            "column {column}: a code takes visible ASCII characters only, without blanks"
        ));
    }
    (code.len() > CODE_CHARACTERS_MAX).then(|| {
        let column = line
            .get(..begins)
            .map_or(0, |before| before.chars().count())
            .saturating_add(CODE_CHARACTERS_MAX)
            .saturating_add(1);
        format!("column {column}: a code takes up to {CODE_CHARACTERS_MAX} characters")
    })
}

/// Notes codes that stand twice, in one file or in those of two products.
pub(super) fn check_codes(files: &[CodesFile], mistakes: &mut Mistakes) {
    let mut first: HashMap<&str, Place> = HashMap::new();
    for file in files {
        let mut told = Told::of(file.place.clone());
        for (line, code) in &file.codes {
            match first.get(code.as_str()) {
                Some(place) => {
                    told.note(*line, format!("the same code stands in {place}"), mistakes);
                }
                None => {
                    let _ = first.insert(code, file.place.line(*line));
                }
            }
        }
        told.end(mistakes);
    }
}

/// How much was said about one file.
struct Told {
    place: Place,
    lines: usize,
}

impl Told {
    fn of(place: Place) -> Told {
        Told { place, lines: 0 }
    }

    fn note(&mut self, line: usize, sentence: String, mistakes: &mut Mistakes) {
        self.lines = self.lines.saturating_add(1);
        if self.lines <= MISTAKES_TOLD_MAX {
            mistakes.note(self.place.line(line), None, sentence);
        }
    }

    fn end(self, mistakes: &mut Mistakes) {
        let untold = self.lines.saturating_sub(MISTAKES_TOLD_MAX);
        if untold > 0 {
            let sentence = format!("{untold} more lines have such mistakes");
            mistakes.note(self.place, None, sentence);
        }
    }
}
