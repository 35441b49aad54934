//! What a component printed, cut down to what a person may be told.

/// The longest excerpt, in characters.
const LONGEST: usize = 200;
/// Longer words are keys, tokens or parts of addresses rather than words.
const LONGEST_WORD: usize = 60;
const REMOVED: &str = "[removed]";

/// The last line that says anything, without whatever may be an installation link: who has one can install into the
/// company. `None` if nothing is said.
pub fn excerpt(printed: &str) -> Option<String> {
    let mut last = None;
    // Consoles break long lines, so what follows a link at the end of a line may be the rest of it.
    let mut is_cut = false;
    for line in printed.lines().filter(|line| !line.trim().is_empty()) {
        let mut words = Vec::new();
        for word in line.split_whitespace() {
            is_cut = is_cut || is_link(word);
            if is_cut {
                words.push(REMOVED);
            } else {
                words.push(word);
            }
            // Only the last word of a line goes on in the next.
            is_cut = is_cut && line.trim_end().ends_with(word);
        }
        last = Some(words.join(" "));
    }
    last.map(|line| {
        let mut short: String = line.chars().take(LONGEST).collect();
        if short.len() < line.len() {
            short.push('…');
        }
        short
    })
}

fn is_link(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let names_host = lower.contains("bitdefender.") || lower.contains("gravityzone.");
    lower.contains("://")
        || lower.contains("setupdownloader")
        || (names_host && lower.contains('/'))
        || (lower.contains('[') && lower.contains(']'))
        || word.chars().count() > LONGEST_WORD
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn the_last_line_is_told_and_links_are_not() {
        for (printed, told) in [
            ("", None),
            (" \r\n\t\n", None),
            (
                "Loading\r\nThe kit is not ready.\r\n\r\n",
                Some("The kit is not ready."),
            ),
            (
                "Failed: https://cloud.gravityzone.bitdefender.com/CANARY now",
                Some("Failed: [removed] now"),
            ),
            (
                "could not run setupdownloader_[CANARY=].exe",
                Some("could not run [removed]"),
            ),
            (
                "no answer from cloud.gravityzone.bitdefender.com/Packages/CANARY",
                Some("no answer from [removed]"),
            ),
            // Broken over two lines by the console.
            (
                "Failed: https://cloud.example/Packages/\nCANARY.exe was not found",
                Some("[removed] was not found"),
            ),
            (
                "see https://cloud.example/CANARY first\nIt failed.",
                Some("It failed."),
            ),
        ] {
            assert_eq!(excerpt(printed).as_deref(), told, "{printed:?}");
        }
        let long = excerpt(&"word ".repeat(100)).expect("text");
        assert!(long.chars().count() <= 201 && long.ends_with('…'));
        assert_eq!(excerpt(&"x".repeat(61)).as_deref(), Some("[removed]"));
    }
}
