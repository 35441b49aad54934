//! The query language of the activity log, as far as words, phrases, wildcards, fields, `AND`, `OR`,
//! `NOT` and brackets go. A word with `~` behind it is looked for as it is.

use serde_json::Value;

use crate::world::Activity;

/// A query that was understood.
#[derive(Debug, PartialEq)]
pub(super) enum Search {
    /// A word or phrase, in one field or anywhere.
    Term {
        field: Option<String>,
        pattern: String,
    },
    Not(Box<Search>),
    All(Vec<Search>),
    Any(Vec<Search>),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Phrase(String),
    Colon,
    Open,
    Close,
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        tokens.push(match letter {
            letter if letter.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ':' => Token::Colon,
            '"' => {
                let mut phrase = String::new();
                loop {
                    match letters.next()? {
                        '"' => break,
                        letter => phrase.push(letter),
                    }
                }
                Token::Phrase(phrase)
            }
            letter => {
                let mut word = String::from(letter);
                let ends = |letter: &char| letter.is_whitespace() || "():\"".contains(*letter);
                while let Some(letter) = letters.next_if(|letter| !ends(letter)) {
                    word.push(letter);
                }
                Token::Word(word)
            }
        });
    }
    Some(tokens)
}

/// Deeper nesting is no query of a person.
const DEPTH: usize = 32;

struct Reader {
    /// In reverse, so that the next one is last.
    tokens: Vec<Token>,
    depth: usize,
}

impl Reader {
    fn takes_word(&mut self, word: &str) -> bool {
        let is_next = matches!(self.tokens.last(), Some(Token::Word(next)) if next == word);
        if is_next {
            self.tokens.pop();
        }
        is_next
    }

    fn any(&mut self) -> Option<Search> {
        let mut parts = vec![self.all()?];
        while self.takes_word("OR") {
            parts.push(self.all()?);
        }
        Some(Search::Any(parts))
    }

    fn all(&mut self) -> Option<Search> {
        let mut parts = vec![self.one()?];
        loop {
            let goes_on = self.takes_word("AND")
                || match self.tokens.last() {
                    Some(Token::Word(word)) => word != "OR",
                    Some(Token::Phrase(_) | Token::Open) => true,
                    _ => false,
                };
            if !goes_on {
                return Some(Search::All(parts));
            }
            parts.push(self.one()?);
        }
    }

    /// Reads what stands inside, unless it stands too deep.
    fn deeper(&mut self, read: fn(&mut Self) -> Option<Search>) -> Option<Search> {
        self.depth += 1;
        let inner = (self.depth <= DEPTH).then(|| read(self)).flatten();
        self.depth -= 1;
        inner
    }

    fn one(&mut self) -> Option<Search> {
        if self.takes_word("NOT") {
            let inner = self.deeper(Self::one)?;
            return Some(Search::Not(Box::new(inner)));
        }
        match self.tokens.pop()? {
            Token::Open => {
                let inner = self.deeper(Self::any)?;
                (self.tokens.pop()? == Token::Close).then_some(inner)
            }
            Token::Phrase(phrase) => Some(term(None, &phrase)),
            Token::Word(word) if self.tokens.last() == Some(&Token::Colon) => {
                self.tokens.pop();
                match self.tokens.pop()? {
                    Token::Word(value) | Token::Phrase(value) => Some(term(Some(word), &value)),
                    _ => None,
                }
            }
            Token::Word(word) => Some(term(None, &word)),
            Token::Colon | Token::Close => None,
        }
    }
}

fn term(field: Option<String>, pattern: &str) -> Search {
    let pattern = pattern.trim_end_matches('~').to_lowercase();
    Search::Term { field, pattern }
}

impl Search {
    /// The query; none if it is not well formed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut tokens = tokens(text)?;
        tokens.reverse();
        let mut reader = Reader { tokens, depth: 0 };
        let search = reader.any()?;
        reader.tokens.is_empty().then_some(search)
    }

    pub(super) fn finds(&self, activity: &Activity) -> bool {
        match self {
            Self::Not(inner) => !inner.finds(activity),
            Self::All(parts) => parts.iter().all(|part| part.finds(activity)),
            Self::Any(parts) => parts.iter().any(|part| part.finds(activity)),
            Self::Term { field, pattern } => activity
                .details
                .iter()
                .filter(|(key, _)| field.as_ref().is_none_or(|field| field == *key))
                .any(|(_, value)| holds(value, pattern, field.is_some())),
        }
    }
}

/// Whether a value is the pattern, or, where the field is not said, has it among its words.
fn holds(value: &Value, pattern: &str, whole: bool) -> bool {
    let text = match value {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string(),
    };
    fits(&text, pattern)
        || (!whole && text.contains(pattern))
        || text.split_whitespace().any(|word| fits(word, pattern))
}

/// `*` stands for any text, `?` for one letter.
fn fits(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<_>, Vec<_>) = (text.chars().collect(), pattern.chars().collect());
    // The rows of a table: whether the pattern so far fits the text so far.
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for sign in pattern {
        let mut next = vec![false; text.len() + 1];
        next[0] = sign == '*' && row[0];
        for at in 0..text.len() {
            next[at + 1] = match sign {
                '*' => row[at + 1] || next[at],
                '?' => row[at],
                sign => row[at] && text[at] == sign,
            };
        }
        row = next;
    }
    row[text.len()]
}

#[cfg(test)]
mod tests {
    use super::{Search, fits};
    use crate::world::{ActivitySpec, World};

    #[test]
    fn words_phrases_fields_and_operators() {
        let mut world = World::demo();
        let device = world.sites[1].devices[0].uid.clone();
        let spec =
            ActivitySpec::device(device, "device", "note").detail("note", "Rang the customer");
        world.add_activity(&spec).unwrap();
        let activity = &world.account.activity[0];
        for (query, expected) in [
            ("customer", true),
            ("\"the customer\"", true),
            ("\"customer the\"", false),
            ("cust*er", true),
            ("r?ng AND event.action : \"note\"", true),
            ("event.action:chat", false),
            ("event.action:chat OR device.hostname:*", true),
            ("NOT (event.action:note OR chat)", false),
            ("rang NOT chat", true),
            ("rang~", true),
        ] {
            let search = Search::parse(query).unwrap_or_else(|| panic!("{query}"));
            assert_eq!(search.finds(activity), expected, "{query}");
        }
        for query in [
            "",
            "(a",
            "a)",
            "\"a",
            "a:",
            ": a",
            "a OR",
            &"(".repeat(1000),
            &("NOT ".repeat(1000) + "a"),
        ] {
            assert_eq!(Search::parse(query), None, "{query}");
        }
    }

    #[test]
    fn wildcards_span_what_they_should() {
        assert!(fits("abc", "a*") && fits("abc", "*c") && fits("", "*") && fits("abc", "a?c"));
        assert!(!fits("abc", "a?") && !fits("abc", "b*") && !fits("", "?"));
    }
}
