//! Uptimes that are told to people.

/// The seconds of a text such as `21d 15h 23m`; `None` if it is of another form.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut parts = text.split_whitespace().peekable();
    parts.peek()?;
    for part in parts {
        let unit = part.chars().next_back()?;
        let number = part.strip_suffix(unit)?;
        let scale = match unit {
            'w' => 604_800,
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        let number = number.parse::<u32>().ok()?;
        total = total.checked_add(i64::from(number).checked_mul(scale)?)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn uptimes_of_the_samples_and_others() {
        for (text, wanted) in [
            ("21d 15h 23m", Some(1_869_780)),
            ("2h 22m", Some(8_520)),
            ("2m", Some(120)),
            ("1w 5s", Some(604_805)),
            ("0m", Some(0)),
            ("", None),
            ("d", None),
            ("2 minutes", None),
            ("-2m", None),
            ("3x", None),
            ("2µ", None),
        ] {
            assert_eq!(seconds(text), wanted, "{text}");
        }
    }
}
