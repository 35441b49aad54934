//! Organisation names at three levels of strictness.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::fold;

/// How closely two organisation names agree. Stricter levels come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NameLevel {
    /// Equal apart from space at the ends.
    Exact,
    /// Equal apart from letter case, spacing and compatibility forms.
    Folded,
    /// Equal apart from legal form, punctuation, accents, and `&` for "and".
    Normalized,
}

/// The name of an organisation in the forms that are compared. None of them is ever empty.
///
/// ```
/// use reconcile::identity::{NameLevel, OrganizationName};
///
/// let ours = OrganizationName::new("Smith & Sons, Ltd.").unwrap();
/// let theirs = OrganizationName::new("SMITH AND SONS LIMITED").unwrap();
/// assert_eq!(ours.folded(), "smith & sons, ltd.");
/// assert_eq!(ours.normalized(), "smith and sons");
/// assert_eq!(ours.agreement(&theirs), Some(NameLevel::Normalized));
/// assert!(OrganizationName::new("  ").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganizationName {
    exact: String,
    folded: String,
    normalized: String,
}

impl OrganizationName {
    /// Prepares a name; a blank one gives none.
    pub fn new(text: &str) -> Option<Self> {
        let exact = text.trim();
        let folded = folded(exact);
        if folded.is_empty() {
            return None;
        }
        let normalized = normalized(&folded);
        Some(OrganizationName {
            exact: exact.to_owned(),
            folded,
            normalized,
        })
    }

    /// The name without space at its ends.
    pub fn exact(&self) -> &str {
        &self.exact
    }

    /// The name with letter case and spacing evened out.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The name without legal forms, punctuation and accents. A name that consists of nothing
    /// else stays as it is folded.
    pub fn normalized(&self) -> &str {
        &self.normalized
    }

    /// The form of the name at one level.
    pub fn at(&self, level: NameLevel) -> &str {
        match level {
            NameLevel::Exact => &self.exact,
            NameLevel::Folded => &self.folded,
            NameLevel::Normalized => &self.normalized,
        }
    }

    /// The strictest level at which two names are equal.
    pub fn agreement(&self, other: &Self) -> Option<NameLevel> {
        [NameLevel::Exact, NameLevel::Folded, NameLevel::Normalized]
            .into_iter()
            .find(|level| self.at(*level) == other.at(*level))
    }
}

/// Characters that are not seen: soft hyphen, zero-width spaces and joiners, byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
    )
}

fn folded(text: &str) -> String {
    let folded: String = fold(text).chars().filter(|c| !is_invisible(*c)).collect();
    let mut even = String::with_capacity(folded.len());
    for word in folded.split_whitespace() {
        if !even.is_empty() {
            even.push(' ');
        }
        even.push_str(word);
    }
    // Taking characters out can bring others together that compose.
    if even.is_ascii() {
        even
    } else {
        even.nfkc().collect()
    }
}

fn normalized(folded: &str) -> String {
    if folded.parse::<IpAddr>().is_ok() {
        return folded.to_owned();
    }
    // Only the dotted spelling is a legal form: a day spa keeps its last word.
    let plain = without_accents(folded).replace("s.p.a", " societa per azioni");
    let words = words(&without_attached_forms(&plain));
    let kept = without_legal_forms(&words);
    if kept.is_empty() {
        folded.to_owned()
    } else {
        kept.join(" ")
    }
}

/// Drops the accents of Latin, Greek and Cyrillic letters; other scripts keep their marks, which
/// carry meaning there.
fn without_accents(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.nfd().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')) {
        match c {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ø' => plain.push('o'),
            'đ' | 'ð' => plain.push('d'),
            'ł' => plain.push('l'),
            'ı' => plain.push('i'),
            c => plain.push(c),
        }
    }
    plain.nfc().collect()
}

/// Legal forms that are written without a space beside the name.
const ATTACHED: &[&str] = &[
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "股份公司",
    "株式会社",
    "有限会社",
    "合同会社",
    "(株)",
    "(有)",
    "주식회사",
    "유한회사",
    "(주)",
];

fn without_attached_forms(text: &str) -> String {
    let mut rest = text.trim();
    if rest.is_ascii() {
        return rest.to_owned();
    }
    while let Some(shorter) = ATTACHED
        .iter()
        .find_map(|form| rest.strip_prefix(form).or_else(|| rest.strip_suffix(form)))
    {
        rest = shorter.trim();
    }
    rest.to_owned()
}

/// Splits into words. Dots and apostrophes join (`s.r.l.` is `srl`), other punctuation separates,
/// `&` and `+` are "and", and letters that stand alone in a row are one word (`b. v.` is `bv`).
fn words(text: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '+' => spaced.push_str(" and "),
            '.' | '\'' | '’' | '‘' | '`' | '´' => {}
            c if c.is_alphanumeric() || !c.is_ascii() && !is_punctuation(c) => spaced.push(c),
            _ => spaced.push(' '),
        }
    }
    let mut words: Vec<String> = Vec::new();
    let mut spelling_out = false;
    for word in spaced.split_whitespace() {
        let word = if matches!(word, "und" | "et") {
            "and"
        } else {
            word
        };
        let mut letters = word.chars();
        let single = letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none();
        match words.last_mut() {
            Some(last) if single && spelling_out => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
        spelling_out = single;
    }
    words
}

/// Punctuation outside ASCII that names are written with; other signs count as part of a word.
fn is_punctuation(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{a1}'..='\u{bf}' | '\u{2010}'..='\u{205e}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{301f}' | '・')
}

/// Legal forms at the end of a name, as [`words`] leaves them.
#[rustfmt::skip]
const TRAILING: &[&str] = &[
    // English
    "ltd", "limited", "llc", "llp", "lp", "pllc", "lllp", "plc", "inc", "incorporated", "incorp",
    "corp", "corporation", "co", "company", "pty", "proprietary", "pvt", "private", "pte", "cic",
    "pc", "limited liability company", "limited liability partnership", "unlimited", "dac",
    "public limited company",
    // German
    "gmbh", "ggmbh", "mbh", "gesellschaft mbh", "ges mbh", "gesmbh",
    "gesellschaft mit beschrankter haftung", "ag", "aktiengesellschaft", "kg", "kgaa",
    "kommanditgesellschaft", "ohg", "og", "gbr", "ug", "ug haftungsbeschrankt",
    "haftungsbeschrankt", "ek", "eu", "ev", "eg", "partg", "partgmbb",
    // Dutch, Belgian
    "bv", "nv", "vof", "bvba", "cvba", "sprl", "besloten vennootschap", "naamloze vennootschap",
    // French
    "sa", "sas", "sasu", "sarl", "sa rl", "eurl", "snc", "sci", "scs", "sca", "societe anonyme",
    // Italian, Spanish, Portuguese
    "srl", "srls", "sapa", "societa per azioni", "sl", "slu", "sau", "sll", "sociedad anonima",
    "sociedad limitada", "sa de cv", "s de rl de cv", "s de rl", "ltda", "lda", "limitada",
    "eireli", "unipessoal lda",
    // Nordic
    "oy", "oyj", "ab", "abp", "publ", "as", "asa", "ans", "aps", "is", "ks", "hb", "kb", "hf",
    "ehf", "osakeyhtio", "aktiebolag", "aktieselskab", "anpartsselskab",
    // Central and eastern Europe, Turkey
    "sro", "spol sro", "spol s ro", "doo", "dd", "sp zoo", "sp z oo", "sp k", "sp j", "kft", "zrt",
    "nyrt", "bt", "ood", "eood", "ad", "ead", "ou", "uab", "sia", "jsc", "ojsc", "cjsc", "pjsc",
    "ooo", "ltd sti", "sti", "ооо", "оао", "зао", "пао", "ао",
    // Asia
    "kk", "gk", "sdn bhd", "bhd", "tbk", "co ltd", "kabushiki kaisha",
];

/// Legal forms at the start of a name, as [`words`] leaves them.
const LEADING: &[&str] = &[
    "ооо", "оао", "зао", "пао", "ао", "ип", "тов", "ooo", "uab", "sia", "pt",
];

fn without_legal_forms(words: &[String]) -> &[String] {
    let mut kept = words;
    if let [first, rest @ ..] = kept
        && !rest.is_empty()
        && LEADING.contains(&first.as_str())
    {
        kept = rest;
    }
    while let Some(shorter) = without_last_form(kept) {
        kept = shorter;
    }
    // Nothing but legal forms: they are the name.
    if kept.is_empty() { words } else { kept }
}

fn without_last_form(words: &[String]) -> Option<&[String]> {
    // "Smith & Co" leaves an "and" behind, which belonged to the form.
    if let [rest @ .., last] = words
        && last == "and"
        && !rest.is_empty()
    {
        return Some(rest);
    }
    let longest = words.len().min(5);
    (1..=longest).rev().find_map(|length| {
        let (rest, form) = words.split_at(words.len() - length);
        TRAILING.contains(&form.join(" ").as_str()).then_some(rest)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{NameLevel, OrganizationName, TRAILING, words};

    fn normalized(text: &str) -> String {
        OrganizationName::new(text).unwrap().normalized().to_owned()
    }

    #[test]
    fn u06_legal_forms_in_many_spellings() {
        #[rustfmt::skip]
        let acme = [
            "Acme", "ACME GmbH", "Acme Gesellschaft mbH", "acme g.m.b.h.", "Acme Ltd", "Acme, Ltd.",
            "Acme Limited", "Acme LLC", "Acme L.L.C.", "Acme Inc.", "Acme Incorporated",
            "Acme Corp.", "Acme Corporation", "Acme B.V.", "Acme BV", "Acme B. V.", "Acme N.V.",
            "Acme S.A.", "Acme S/A", "Acme S.r.l.", "Acme SRL", "Acme S. r. l.", "Acme AG",
            "Acme Aktiengesellschaft", "Acme KG", "Acme GmbH & Co. KG", "Acme GmbH und Co KG",
            "Acme AG & Co. KGaA", "Acme UG (haftungsbeschränkt)", "Acme e.K.", "Acme Pty Ltd",
            "Acme Pty. Limited", "Acme Proprietary Limited", "Acme PLC", "Acme Oy", "Acme Oyj",
            "Acme AB", "Acme AB (publ)", "Acme ApS", "Acme A/S", "Acme S.à r.l.", "Acme SARL",
            "Acme S.p.A.", "Acme Sp. z o.o.", "Acme sp. z o. o.", "Acme s.r.o.", "Acme d.o.o.",
            "Acme S.A. de C.V.", "Acme Ltda.", "Acme Pvt. Ltd.", "Acme Sdn. Bhd.", "Acme Co., Ltd.",
            "Acme & Co.", "Acme K.K.", "Acme 株式会社", "株式会社Acme", "Acme (주)", "ООО Acme",
            "UAB Acme", "PT Acme Tbk", "Acme\u{200b} GmbH", "“Acme” GmbH", "Acme Ltd. Şti.",
        ];
        for text in acme {
            assert_eq!(normalized(text), "acme", "{text}");
        }
    }

    #[test]
    fn u06_ampersands_punctuation_and_accents() {
        for (left, right) in [
            ("Smith & Sons", "Smith and Sons Ltd"),
            ("Müller + Söhne", "Muller und Sohne GmbH"),
            ("O'Brien's Bar", "OBriens Bar"),
            ("Foo-Bar", "foo bar"),
            ("A B C Plumbing", "ABC Plumbing"),
            ("Weiß AG", "WEISS"),
            ("Łódź Foods", "Lodz Foods"),
            ("Ｆｕｌｌ Ｗｉｄｔｈ", "full width"),
        ] {
            assert_eq!(normalized(left), normalized(right), "{left} / {right}");
        }
        assert_ne!(normalized("がく"), normalized("かく"));
        assert_ne!(normalized("Day Spa"), normalized("Day"));
        assert_eq!(normalized("Acme GmbH Berlin"), "acme gmbh berlin");
        assert_eq!(normalized("10.0.0.1"), "10.0.0.1");
    }

    #[test]
    fn u06_a_name_is_never_empty() {
        for (text, key) in [
            ("GmbH", "gmbh"),
            ("Limited Company", "limited company"),
            ("AG & Co. KG", "ag and co kg"),
            ("Co.", "co"),
            ("&", "and"),
            ("---", "---"),
            ("株式会社", "株式会社"),
            ("UAB", "uab"),
            ("[*]", "[*]"),
        ] {
            assert_eq!(normalized(text), key, "{text}");
        }
        assert_eq!(OrganizationName::new(" \u{200b} "), None);
    }

    #[test]
    fn u06_the_strictest_level_is_told() {
        let name = |text| OrganizationName::new(text).unwrap();
        let acme = name("Acme Ltd");
        assert_eq!(acme.agreement(&name(" Acme Ltd ")), Some(NameLevel::Exact));
        assert_eq!(acme.agreement(&name("ACME  ltd")), Some(NameLevel::Folded));
        assert_eq!(
            acme.agreement(&name("Acme, Limited")),
            Some(NameLevel::Normalized)
        );
        assert_eq!(acme.agreement(&name("Acne Ltd")), None);
        assert_eq!(name("Group *").agreement(&name("Group 1")), None);
    }

    #[test]
    fn every_form_in_the_list_can_be_met() {
        for form in TRAILING {
            let text = format!("zz {form}");
            assert_eq!(
                words(&text)[1..].join(" "),
                *form,
                "{form} is not as words leave it"
            );
        }
    }

    proptest! {
        #[test]
        fn u06_no_level_is_empty_and_stricter_levels_imply_looser_ones(
            a in "(\\PC{0,3}|acme|Zoo)[ &.]{0,2}(GmbH|ltd|b\\.v\\.|co|\\PC)?",
            b in "(\\PC{0,3}|ACME|zoo)[ &.]{0,2}(gmbh|LTD|BV|Co|\\PC)?",
        ) {
            let (Some(a), Some(b)) = (OrganizationName::new(&a), OrganizationName::new(&b)) else {
                return Ok(());
            };
            for name in [&a, &b] {
                prop_assert!(!name.exact().is_empty() && !name.folded().is_empty() && !name.normalized().is_empty());
            }
            if a.exact() == b.exact() {
                prop_assert_eq!(a.folded(), b.folded());
            }
            if a.folded() == b.folded() {
                prop_assert_eq!(a.normalized(), b.normalized());
            }
            prop_assert_eq!(a.agreement(&b), b.agreement(&a));
        }
    }
}
