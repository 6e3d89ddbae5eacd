//! The raw parameters of one message: unique names, values exactly as they travelled.

use std::fmt;
use std::ops::Range;

/// A flat map of text to text, in the order of arrival.
///
/// Signatures are made and checked over this map and not over typed fields, because WeChat may
/// add parameters at any time and they all take part in the signature.
///
/// All text lies in one buffer, so that reading a notification costs a handful of allocations
/// instead of two per field.
#[derive(Clone, Default)]
pub struct Params {
    text: String,
    fields: Vec<Field>,
    /// Indices into `fields`, in byte order of the names: the order of the signature.
    by_name: Vec<usize>,
}

#[derive(Clone)]
struct Field {
    /// Most names differ in it, so that finding and sorting seldom look at the text.
    prefix: u64,
    name: Range<usize>,
    value: Range<usize>,
}

/// The first eight bytes of a name as a number: numbers are ordered as the names are.
fn prefix(name: &[u8]) -> u64 {
    let first = match name.first_chunk::<8>() {
        Some(first) => *first,
        None => {
            let mut first = [0; 8];
            first[..name.len()].copy_from_slice(name);
            first
        }
    };
    u64::from_be_bytes(first)
}

impl Params {
    /// No parameters.
    #[must_use]
    pub fn new() -> Params {
        Params::default()
    }

    /// Sets a parameter, replacing the value of an existing one at its place.
    pub fn set(&mut self, name: &str, value: impl AsRef<str>) {
        let value = append(&mut self.text, value.as_ref());
        match self.position(name) {
            Ok(at) => self.fields[self.by_name[at]].value = value,
            Err(at) => {
                self.by_name.insert(at, self.fields.len());
                let prefix = prefix(name.as_bytes());
                let name = append(&mut self.text, name);
                self.fields.push(Field {
                    prefix,
                    name,
                    value,
                });
            }
        }
    }

    /// The value of a parameter; an empty element gives `Some("")`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        // With some twenty parameters, comparing numbers in a row beats a binary search.
        let text = self.text.as_bytes();
        let (prefix, name) = (prefix(name.as_bytes()), name.as_bytes());
        let is_named = |field: &&Field| field.prefix == prefix && text[field.name.clone()] == *name;
        let field = self.fields.iter().find(is_named)?;
        Some(&self.text[field.value.clone()])
    }

    /// Takes a parameter out; tells whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let Ok(at) = self.position(name) else {
            return false;
        };
        let removed = self.by_name.remove(at);
        self.fields.remove(removed);
        for index in &mut self.by_name {
            if *index > removed {
                *index -= 1;
            }
        }
        true
    }

    /// All parameters in the order of arrival.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.fields.iter().map(|field| self.pair(field))
    }

    /// All parameters in byte order of their names, the order of the signature.
    pub fn iter_by_name(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.by_name
            .iter()
            .map(|&index| self.pair(&self.fields[index]))
    }

    /// As [`Params::iter_by_name`], for the signature.
    pub(crate) fn bytes_by_name(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let text = self.text.as_bytes();
        self.by_name.iter().map(move |&index| {
            let field = &self.fields[index];
            (&text[field.name.clone()], &text[field.value.clone()])
        })
    }

    /// How many parameters there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// An upper bound of the bytes of all names and values together.
    pub(crate) fn text_bytes(&self) -> usize {
        self.text.len()
    }

    fn pair(&self, field: &Field) -> (&str, &str) {
        (
            &self.text[field.name.clone()],
            &self.text[field.value.clone()],
        )
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.by_name
            .binary_search_by(|&index| self.text[self.fields[index].name.clone()].cmp(name))
    }
}

impl PartialEq for Params {
    fn eq(&self, other: &Params) -> bool {
        self.iter_by_name().eq(other.iter_by_name())
    }
}

impl Eq for Params {}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for Params {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Params {
        let mut params = Params::new();
        for (name, value) in pairs {
            params.set(name.as_ref(), value);
        }
        params
    }
}

/// Fills a [`Params`] from a message in one pass.
///
/// The buffer starts as the message itself, and names and values are places in it. Only a value
/// that does not stand there letter for letter (references, several pieces, carriage returns)
/// is put together behind it.
pub(crate) struct ParamsBuilder {
    text: String,
    fields: Vec<Field>,
    message_bytes: usize,
    /// Few messages have any, and then no value needs to be looked through for one.
    has_carriage_returns: bool,
}

/// Two parameters of one message had the same name.
pub(crate) struct DuplicateName;

impl ParamsBuilder {
    pub(crate) fn over(message: &str) -> ParamsBuilder {
        ParamsBuilder {
            text: message.to_owned(),
            fields: Vec::with_capacity(24),
            message_bytes: message.len(),
            has_carriage_returns: memchr::memchr(b'\r', message.as_bytes()).is_some(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// Begins a parameter with an empty value.
    pub(crate) fn begin(&mut self, name: Range<usize>) {
        self.fields.push(Field {
            prefix: prefix(&self.text.as_bytes()[name.clone()]),
            value: name.end..name.end,
            name,
        });
    }

    /// Adds a place of the message to the value of the parameter that was begun last.
    pub(crate) fn extend(&mut self, place: Range<usize>) {
        let Some(field) = self.fields.last_mut() else {
            return;
        };
        let is_literal = !self.has_carriage_returns || !self.text[place.clone()].contains('\r');
        if field.value.is_empty() && is_literal {
            field.value = place;
            return;
        }
        gather(&mut self.text, self.message_bytes, field);
        append_with_line_feeds(&mut self.text, place);
        field.value.end = self.text.len();
    }

    /// Adds a character to the value of the parameter that was begun last.
    pub(crate) fn extend_char(&mut self, character: char) {
        let Some(field) = self.fields.last_mut() else {
            return;
        };
        gather(&mut self.text, self.message_bytes, field);
        self.text.push(character);
        field.value.end = self.text.len();
    }

    pub(crate) fn finish(self) -> Result<Params, DuplicateName> {
        let ParamsBuilder { text, fields, .. } = self;
        let compare = |a: usize, b: usize| {
            let (a, b): (&Field, &Field) = (&fields[a], &fields[b]);
            let name = |field: &Field| &text.as_bytes()[field.name.clone()];
            a.prefix.cmp(&b.prefix).then_with(|| name(a).cmp(name(b)))
        };
        let mut by_name: Vec<usize> = (0..fields.len()).collect();
        by_name.sort_unstable_by(|&a, &b| compare(a, b));
        let mut neighbours = by_name.windows(2);
        if neighbours.any(|pair| compare(pair[0], pair[1]).is_eq()) {
            return Err(DuplicateName);
        }
        Ok(Params {
            text,
            fields,
            by_name,
        })
    }
}

/// Moves the value behind the message, where it can grow, if it is not there yet.
fn gather(text: &mut String, message_bytes: usize, field: &mut Field) {
    if field.value.start < message_bytes {
        let start = text.len();
        text.extend_from_within(field.value.clone());
        field.value = start..text.len();
    }
}

/// XML knows one line end: carriage returns become line feeds, alone or in pairs with one.
fn append_with_line_feeds(text: &mut String, place: Range<usize>) {
    let piece = text[place].replace("\r\n", "\n").replace('\r', "\n");
    text.push_str(&piece);
}

fn append(text: &mut String, addition: &str) -> Range<usize> {
    let start = text.len();
    text.push_str(addition);
    start..text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_replaces_in_place_and_removing_keeps_the_rest_findable() {
        let mut params = Params::from_iter([("b", "1"), ("a", "2"), ("c", "3")]);
        params.set("a", "two");
        assert_eq!(
            params.iter().collect::<Vec<_>>(),
            [("b", "1"), ("a", "two"), ("c", "3")]
        );
        assert_eq!(
            params
                .iter_by_name()
                .map(|(name, _)| name)
                .collect::<String>(),
            "abc"
        );
        assert!(params.remove("b"));
        assert!(!params.remove("b"));
        assert_eq!(
            (params.get("a"), params.get("b"), params.get("c")),
            (Some("two"), None, Some("3"))
        );
    }

    #[test]
    fn names_are_ordered_by_bytes() {
        let params = Params::from_iter([
            ("coupon_fee_2", ""),
            ("a_", ""),
            ("aB", ""),
            ("coupon_fee_10", ""),
            ("a1", ""),
            ("coupon", ""),
            ("coupon_f", ""),
        ]);
        let names: Vec<_> = params.iter_by_name().map(|(name, _)| name).collect();
        let sorted = [
            "a1",
            "aB",
            "a_",
            "coupon",
            "coupon_f",
            "coupon_fee_10",
            "coupon_fee_2",
        ];
        assert_eq!(names, sorted);
    }
}
