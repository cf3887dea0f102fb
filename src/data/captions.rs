//! Captions for pictures of digits, in English and in Korean: several templates, some with the
//! numeral, some with a word for it. Korean has two words for most numbers, the Sino-Korean and the
//! native one, so that what belongs together cannot be read off the letters.
//!
//! The last templates of a language are kept for testing. All their words occur in the others, no
//! sentence of theirs does.

/// The languages captions are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// "a handwritten seven".
    English,
    /// "손글씨 숫자 칠".
    Korean,
}

/// One caption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    /// The whole sentence.
    pub text: String,
    /// The digit it speaks of.
    pub digit: u8,
}

/// Templates to train with, of each language.
pub const TRAINING: usize = 6;
/// Templates kept for testing, of each language.
pub const HELD_OUT: usize = 2;

/// `{n}` is the numeral, `{w}` a word, `{v}` another word where the language has one.
const TEMPLATES: [[&str; TRAINING + HELD_OUT]; 2] = [
    [
        "a handwritten {w}",
        "the digit {n}",
        "a picture of the number {w}",
        "someone wrote {n} by hand",
        "{w} in small grey pixels",
        "a small {n}",
        "a small picture of the digit {w}",
        "the handwritten number {n}",
    ],
    [
        "손글씨 숫자 {w}",
        "숫자 {n}",
        "손으로 쓴 {n}",
        "작은 그림 속 숫자 {w}",
        "{v}, 손으로 쓴 숫자",
        "누군가 적은 {v}",
        "누군가 손으로 쓴 {w}",
        "작은 그림 속 손글씨 {v}",
    ],
];

/// Words for the numbers from 0 to 9: English; Sino-Korean; native Korean, which has no zero of its
/// own and borrows 공.
const WORDS: [[&str; 10]; 3] = [
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    ["영", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"],
    ["공", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"],
];

impl Language {
    /// The caption of a digit by one of the templates.
    ///
    /// # Panics
    /// If there is no such template or the digit is not below 10.
    #[must_use]
    pub fn caption(self, template: usize, digit: u8) -> Caption {
        let at = usize::from(digit);
        let (word, other) = match self {
            Self::English => (WORDS[0][at], WORDS[0][at]),
            Self::Korean => (WORDS[1][at], WORDS[2][at]),
        };
        let text = TEMPLATES[self as usize][template]
            .replace("{n}", &digit.to_string())
            .replace("{w}", word)
            .replace("{v}", other);
        Caption { text, digit }
    }

    /// The captions to train with, template by template, in each the digits from 0 to 9.
    #[must_use]
    pub fn training(self) -> Vec<Caption> {
        self.of(0..TRAINING)
    }

    /// The captions kept for testing, in the same order.
    #[must_use]
    pub fn held_out(self) -> Vec<Caption> {
        self.of(TRAINING..TRAINING + HELD_OUT)
    }

    fn of(self, templates: std::ops::Range<usize>) -> Vec<Caption> {
        templates.flat_map(|t| (0..10).map(move |d| self.caption(t, d))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{HELD_OUT, Language, TRAINING};
    use std::collections::BTreeSet;

    #[test]
    fn every_template_names_every_digit() {
        assert_eq!(Language::English.caption(0, 7).text, "a handwritten seven");
        assert_eq!(Language::English.caption(1, 7).text, "the digit 7");
        assert_eq!(Language::Korean.caption(0, 7).text, "손글씨 숫자 칠");
        assert_eq!(Language::Korean.caption(5, 7).text, "누군가 적은 일곱");
        for language in [Language::English, Language::Korean] {
            let (training, held_out) = (language.training(), language.held_out());
            assert_eq!((training.len(), held_out.len()), (10 * TRAINING, 10 * HELD_OUT));
            let all = training.iter().chain(&held_out);
            let different: BTreeSet<&str> = all.map(|c| c.text.as_str()).collect();
            assert_eq!(different.len(), 10 * (TRAINING + HELD_OUT));
            assert!(training.iter().enumerate().all(|(i, c)| usize::from(c.digit) == i % 10));
        }
    }

    #[test]
    fn held_out_captions_are_new_sentences_of_known_words() {
        for language in [Language::English, Language::Korean] {
            let training = language.training();
            let known: BTreeSet<&str> =
                training.iter().flat_map(|c| c.text.split_whitespace()).collect();
            for caption in language.held_out() {
                for word in caption.text.split_whitespace() {
                    let kept = known.contains(word) || known.contains(format!("{word},").as_str());
                    assert!(kept, "{word} of '{}'", caption.text);
                }
            }
        }
    }
}
