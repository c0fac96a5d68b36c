//! `--name value` pairs.

use std::collections::HashMap;

/// What a part cannot go on after.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The words behind the part's name. All values are needed; none is guessed.
pub struct Arguments(HashMap<String, String>);

impl Arguments {
    /// Takes names and values in turn.
    pub fn read(mut words: impl Iterator<Item = String>) -> Self {
        let mut values = HashMap::new();
        while let (Some(name), Some(value)) = (words.next(), words.next()) {
            values.insert(name.trim_start_matches("--").to_owned(), value);
        }
        Self(values)
    }

    /// A text.
    pub fn text(&self, name: &str) -> Result<&str, Failure> {
        self.0
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| format!("needs --{name}").into())
    }

    /// A count.
    pub fn count(&self, name: &str) -> Result<usize, Failure> {
        self.text(name)?
            .parse()
            .map_err(|wrong| format!("--{name}: {wrong}").into())
    }
}
