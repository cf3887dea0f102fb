//! A one-line text field: what is typed, and where the caret stands.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// A one-line text field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    text: String,
    /// In bytes, always on a character's edge.
    caret: usize,
    /// The whole text is selected: what is typed first replaces it.
    fresh: bool,
}

impl Field {
    /// A field with this text, the caret at its end.
    #[must_use]
    pub fn with(text: &str) -> Self {
        Self { text: text.to_owned(), caret: text.len(), fresh: false }
    }

    /// The same, selected: the first character typed replaces it, any other key edits it.
    #[must_use]
    pub fn to_replace(text: &str) -> Self {
        Self { fresh: true, ..Self::with(text) }
    }

    /// Whether the whole text is selected.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// What is typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The caret's distance from the start, in terminal columns.
    #[must_use]
    pub fn caret_column(&self) -> usize {
        self.text[..self.caret].width()
    }

    /// Types a text at the caret; control characters are left out.
    pub fn insert(&mut self, text: &str) {
        // Long pastes are somebody's accident.
        const MOST: usize = 256;
        if std::mem::take(&mut self.fresh) {
            self.text.clear();
            self.caret = 0;
        }
        for c in text.chars().filter(|c| !c.is_control() && c.width().is_some()) {
            if self.text.len() >= MOST {
                break;
            }
            self.text.insert(self.caret, c);
            self.caret += c.len_utf8();
        }
    }

    /// Takes in an editing key. Returns whether it was one.
    pub fn key(&mut self, event: &KeyEvent) -> bool {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let typed = matches!(event.code, KeyCode::Char(_)) && !control;
        self.fresh &= typed;
        match event.code {
            KeyCode::Char('u') if control => {
                self.text.drain(..self.caret);
                self.caret = 0;
            }
            KeyCode::Char('a') if control => self.caret = 0,
            KeyCode::Char('e') if control => self.caret = self.text.len(),
            KeyCode::Char('w') if control => {
                let kept = self.text[..self.caret].trim_end();
                let from = kept.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                self.text.drain(from..self.caret);
                self.caret = from;
            }
            KeyCode::Char(c) if !control && !event.modifiers.contains(KeyModifiers::ALT) => {
                self.insert(c.encode_utf8(&mut [0; 4]));
            }
            KeyCode::Backspace => {
                if let Some(c) = self.text[..self.caret].chars().next_back() {
                    self.caret -= c.len_utf8();
                    self.text.remove(self.caret);
                }
            }
            KeyCode::Delete => {
                if self.caret < self.text.len() {
                    self.text.remove(self.caret);
                }
            }
            KeyCode::Left => {
                let before = self.text[..self.caret].chars().next_back();
                self.caret -= before.map_or(0, char::len_utf8);
            }
            KeyCode::Right => {
                let after = self.text[self.caret..].chars().next();
                self.caret += after.map_or(0, char::len_utf8);
            }
            KeyCode::Home => self.caret = 0,
            KeyCode::End => self.caret = self.text.len(),
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(field: &mut Field, code: KeyCode) {
        assert!(field.key(&KeyEvent::new(code, KeyModifiers::NONE)));
    }

    #[test]
    fn the_caret_counts_columns_and_moves_by_characters() {
        let mut field = Field::with("온도");
        assert_eq!(field.caret_column(), 4);
        press(&mut field, KeyCode::Left);
        assert_eq!(field.caret_column(), 2);
        press(&mut field, KeyCode::Char('x'));
        assert_eq!((field.text(), field.caret_column()), ("온x도", 3));
        press(&mut field, KeyCode::Backspace);
        press(&mut field, KeyCode::Delete);
        assert_eq!(field.text(), "온");
        press(&mut field, KeyCode::Home);
        press(&mut field, KeyCode::Backspace);
        assert_eq!((field.text(), field.caret_column()), ("온", 0));
    }

    #[test]
    fn what_is_typed_first_replaces_a_selected_text_and_other_keys_edit_it() {
        let mut field = Field::to_replace("0.01");
        press(&mut field, KeyCode::Char('5'));
        press(&mut field, KeyCode::Char('0'));
        assert_eq!(field.text(), "50");
        let mut field = Field::to_replace("0.01");
        press(&mut field, KeyCode::Backspace);
        press(&mut field, KeyCode::Char('5'));
        assert_eq!(field.text(), "0.05");
    }

    #[test]
    fn pasted_control_characters_never_arrive() {
        let mut field = Field::default();
        field.insert("1\u{1b}[31m.\n5\t");
        assert_eq!(field.text(), "1[31m.5");
    }
}
