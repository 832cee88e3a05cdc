//! The header fields of a reply, with all their text in one piece: a run holds those of ten thousand machines at a time, and most of
//! what they cost is to find a place for every word. Reads no octets from anywhere.

use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Header fields in their order, with names in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// Names and values in turn.
    text: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Headers {
    /// No fields yet, with room for so many, and for so many octets of text.
    pub fn with_capacity(fields: usize, octets: usize) -> Self {
        Self { text: String::with_capacity(octets), ends: Vec::with_capacity(2 * fields) }
    }

    /// Adds a field.
    pub fn push(&mut self, name: &str, value: &str) {
        let start = self.text.len();
        self.text.push_str(name);
        self.text[start..].make_ascii_lowercase();
        self.ends.push(self.text.len());
        self.text.push_str(value);
        self.ends.push(self.text.len());
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.ends.len() / 2
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Where each field has its name and its value.
    fn places(&self) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let mut start = 0;
        self.ends.chunks_exact(2).map(move |ends| {
            let place = (start..ends[0], ends[0]..ends[1]);
            start = ends[1];
            place
        })
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.places().map(|(name, value)| (&self.text[name], &self.text[value]))
    }

    /// The values of the fields of that name (lower case), in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        // Octets are compared, not texts: most fields are none that anybody asks for.
        let is_it = |place: Range<usize>| self.text.as_bytes()[place] == *name.as_bytes();
        self.places().filter_map(move |(name, value)| is_it(name).then(|| &self.text[value]))
    }
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for Headers {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(fields: T) -> Self {
        let mut headers = Self::default();
        fields.into_iter().for_each(|(name, value)| headers.push(name.as_ref(), value.as_ref()));
        headers
    }
}

/// In a recording they are pairs of texts.
impl Serialize for Headers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<(String, String)>::deserialize(deserializer).map(Self::from_iter)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn fields_come_back_as_they_were_put_in(mut fields: Vec<(String, String)>) {
            let headers: Headers = fields.iter().map(|(name, value)| (name, value)).collect();
            for (name, _) in &mut fields {
                name.make_ascii_lowercase();
            }
            let back: Vec<_> = headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            prop_assert_eq!((headers.len(), headers.is_empty()), (fields.len(), fields.is_empty()));
            prop_assert_eq!(&back, &fields);
            let written = serde_json::to_string(&headers).expect("texts are JSON");
            prop_assert_eq!(&written, &serde_json::to_string(&fields).expect("texts are JSON"));
            prop_assert_eq!(serde_json::from_str::<Headers>(&written).expect("pairs of texts"), headers);
        }
    }

    #[test]
    fn values_are_those_of_the_name_and_in_their_order() {
        let headers: Headers = [("server", "a"), ("x", ""), ("serve", "r"), ("server", "b")].into_iter().collect();
        assert_eq!(headers.values("server").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(headers.values("x").collect::<Vec<_>>(), [""]);
        assert_eq!(headers.values("y").next(), None);
    }
}
