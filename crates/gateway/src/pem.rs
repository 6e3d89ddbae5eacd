//! PEM as it comes out of editors, variables and secret stores: mended where it can be understood,
//! and refused without a word of it where it cannot. The libraries' own errors repeat lines.

use secrecy::SecretString;

/// Why a text is no usable PEM. Nothing of the text is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PemError {
    /// No section begins in it.
    #[error("is not PEM: it has no line -----BEGIN …-----")]
    NotPem,
    /// Secret stores and clipboards make one line of many.
    #[error(
        "has lost its line breaks: -----BEGIN …----- and -----END …----- need lines of their own"
    )]
    OneLine,
    /// The file was not copied to its end.
    #[error("is cut off: its line -----END …----- is missing")]
    CutOff,
    /// A passphrase that nobody can ask for.
    #[error(
        "is locked with a passphrase: an unencrypted one is wanted (openssl pkey -in … -out …)"
    )]
    Locked,
    /// Characters are missing or wrong between the two lines.
    #[error("is damaged between its BEGIN and END lines: copy the file again")]
    Damaged,
    /// Another kind of section.
    #[error("holds no private key: apiclient_key.pem is wanted")]
    NoKey,
}

/// The same PEM, as the strict reader wants it: without a byte order mark and blanks, and with line
/// ends in place of the characters `\n` that variables and JSON have for them.
pub(crate) fn mended(text: &str) -> Result<SecretString, PemError> {
    let text = text.trim_start_matches('\u{FEFF}');
    let text = text.replace("\\r", "").replace("\\n", "\n");
    if !text.contains("-----BEGIN ") {
        return Err(PemError::NotPem);
    }
    if text.contains("BEGIN ENCRYPTED") || text.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(PemError::Locked);
    }
    let mut mended = String::with_capacity(text.len());
    let mut is_inside = false;
    for line in text.lines().map(str::trim) {
        let is_mark = line.contains("-----");
        if is_mark && !is_whole_mark(line) {
            return Err(PemError::OneLine);
        }
        is_inside = line.starts_with("-----BEGIN ") || (is_inside && !is_mark);
        let row = line.split_whitespace();
        if is_mark {
            mended.push_str(line);
        } else {
            mended.extend(row);
        }
        mended.push('\n');
    }
    if is_inside {
        return Err(PemError::CutOff);
    }
    Ok(SecretString::from(mended))
}

/// `-----BEGIN PRIVATE KEY-----` and nothing else.
fn is_whole_mark(line: &str) -> bool {
    let begins = ["-----BEGIN ", "-----END "]
        .into_iter()
        .find_map(|begin| line.strip_prefix(begin));
    begins
        .and_then(|rest| rest.strip_suffix("-----"))
        .is_some_and(|label| !label.contains('-'))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const GOOD: &str =
        "-----BEGIN PRIVATE KEY-----\nMIGHAgEA\nMBMGByqG\n-----END PRIVATE KEY-----\n";

    #[test]
    fn what_can_be_understood_is_mended() {
        for written in [
            GOOD.to_owned(),
            format!("\u{FEFF}{GOOD}"),
            GOOD.replace('\n', "\r\n"),
            GOOD.replace('\n', "\\n"),
            GOOD.replace('\n', "\\r\\n"),
            GOOD.replace('\n', " \n  "),
            GOOD.replace("MIGH", "MI GH"),
            GOOD.trim_end().to_owned(),
        ] {
            let mended = mended(&written).expect("understood");
            assert_eq!(mended.expose_secret().trim(), GOOD.trim(), "{written:?}");
        }
    }

    #[test]
    fn what_cannot_is_told_apart() {
        for (written, error) in [
            ("MIGHAgEA".to_owned(), PemError::NotPem),
            (String::new(), PemError::NotPem),
            (GOOD.replace('\n', ""), PemError::OneLine),
            (GOOD.replace('\n', " "), PemError::OneLine),
            (GOOD[..40].to_owned(), PemError::CutOff),
            (GOOD[..GOOD.len() - 6].to_owned(), PemError::OneLine),
            (GOOD.replace("BEGIN ", "BEGIN ENCRYPTED "), PemError::Locked),
        ] {
            let found = mended(&written).map(|_| ()).expect_err("refused");
            assert_eq!(found, error, "{written:?}");
        }
    }
}
