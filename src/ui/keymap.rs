//! The one table of keys. The help, the footer and the palette are made from it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Stop or go on.
    Pause,
    /// Take one step, paused.
    Step,
    /// Go one step back, paused.
    BackStep,
    /// The focus moves on.
    NextPane,
    /// The focus moves back.
    PreviousPane,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Left: a smaller value, the page or figure before.
    Left,
    /// Right: a larger value, the next page or figure.
    Right,
    /// Ten rungs to the left.
    MuchSmaller,
    /// Ten rungs to the right.
    MuchLarger,
    /// Type a value, open, go on.
    Enter,
    /// Back to the default.
    Reset,
    /// The list of presets.
    Presets,
    /// Take the last change back.
    Undo,
    /// Begin again with the same seed.
    Restart,
    /// Begin again with a new seed.
    NewSeed,
    /// Raise the pace.
    Faster,
    /// Lower the pace.
    Slower,
    /// Open the next lesson.
    NextLesson,
    /// Open the lesson before.
    PreviousLesson,
    /// Turn to the next page.
    NextPage,
    /// Turn to the page before.
    PreviousPage,
    /// Predict by the number of an answer, from 0.
    Answer(usize),
    /// Measure this lesson's claims.
    Check,
    /// Enlarge a figure or the lesson, or put it back.
    Enlarge,
    /// The list of lessons.
    Lessons,
    /// The terms under discussion.
    Glossary,
    /// Run what the last prediction was about.
    ShowMe,
    /// The other language.
    Language,
    /// The next look.
    Theme,
    /// Mouse on or off.
    Mouse,
    /// Copy this run as one command line.
    CopyCommand,
    /// Copy the page's code.
    CopyCode,
    /// Copy the selected figure's table.
    CopyTable,
    /// All keys.
    Help,
    /// Find anything by name.
    Palette,
    /// Back; at the top the menu.
    Back,
    /// Leave the lab.
    Quit,
    /// Put the lab in the background.
    Suspend,
}

/// One row of the table.
#[derive(Debug)]
pub struct Binding {
    /// The keys, the one to show first.
    pub keys: &'static [Key],
    /// What they ask for.
    pub action: Action,
    /// The action's id in the interface's words.
    pub id: &'static str,
}

/// A key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

const fn key(code: KeyCode) -> Key {
    Key { code, modifiers: KeyModifiers::NONE }
}

const fn char(c: char) -> Key {
    key(KeyCode::Char(c))
}

const fn control(c: char) -> Key {
    Key { code: KeyCode::Char(c), modifiers: KeyModifiers::CONTROL }
}

const fn shift(code: KeyCode) -> Key {
    Key { code, modifiers: KeyModifiers::SHIFT }
}

const fn bind(keys: &'static [Key], action: Action, id: &'static str) -> Binding {
    Binding { keys, action, id }
}

/// Every key, in the order of the help.
pub static KEYS: &[Binding] = &[
    bind(&[char(' ')], Action::Pause, "pause"),
    bind(&[char('.')], Action::Step, "step"),
    bind(&[char(',')], Action::BackStep, "back-step"),
    bind(&[char('+'), char('=')], Action::Faster, "faster"),
    bind(&[char('-')], Action::Slower, "slower"),
    bind(&[char('r')], Action::Restart, "restart"),
    bind(&[char('n')], Action::NewSeed, "new-seed"),
    bind(&[char('u'), control('u')], Action::Undo, "undo"),
    bind(&[key(KeyCode::Tab)], Action::NextPane, "next-pane"),
    bind(&[key(KeyCode::BackTab), shift(KeyCode::BackTab)], Action::PreviousPane, "previous-pane"),
    bind(&[key(KeyCode::Up), char('k')], Action::Up, "up"),
    bind(&[key(KeyCode::Down), char('j')], Action::Down, "down"),
    bind(&[key(KeyCode::Left)], Action::Left, "left"),
    bind(&[key(KeyCode::Right)], Action::Right, "right"),
    bind(&[shift(KeyCode::Left), char('<')], Action::MuchSmaller, "much-smaller"),
    bind(&[shift(KeyCode::Right), char('>')], Action::MuchLarger, "much-larger"),
    bind(&[key(KeyCode::Enter)], Action::Enter, "enter"),
    bind(&[key(KeyCode::Backspace), key(KeyCode::Delete)], Action::Reset, "reset"),
    bind(&[char('p')], Action::Presets, "presets"),
    bind(&[char(']')], Action::NextLesson, "next-lesson"),
    bind(&[char('[')], Action::PreviousLesson, "previous-lesson"),
    bind(&[key(KeyCode::PageDown)], Action::NextPage, "next-page"),
    bind(&[key(KeyCode::PageUp)], Action::PreviousPage, "previous-page"),
    bind(&[char('1')], Action::Answer(0), "answer-rises"),
    bind(&[char('2')], Action::Answer(1), "answer-falls"),
    bind(&[char('3')], Action::Answer(2), "answer-stays"),
    bind(&[char('s')], Action::ShowMe, "show-me"),
    bind(&[char('c')], Action::Check, "check"),
    bind(&[char('f')], Action::Enlarge, "enlarge"),
    bind(&[char('l')], Action::Lessons, "lessons"),
    bind(&[char('g')], Action::Glossary, "glossary"),
    bind(&[char('L')], Action::Language, "language"),
    bind(&[char('t')], Action::Theme, "theme"),
    bind(&[char('m')], Action::Mouse, "mouse"),
    bind(&[char('y')], Action::CopyCommand, "copy-command"),
    bind(&[char('Y')], Action::CopyCode, "copy-code"),
    bind(&[char('x')], Action::CopyTable, "copy-table"),
    bind(&[char(':'), control('p'), char('/')], Action::Palette, "palette"),
    bind(&[char('?'), key(KeyCode::F(1))], Action::Help, "help"),
    bind(&[key(KeyCode::Esc)], Action::Back, "back"),
    bind(&[control('z')], Action::Suspend, "suspend"),
    bind(&[char('q'), control('c')], Action::Quit, "quit"),
];

/// The action of a key outside text fields. An input method left in Korean sends jamo: each
/// stands for the letter on the same key of the 2-set layout.
#[must_use]
pub fn action(event: &KeyEvent) -> Option<Action> {
    let code = match event.code {
        KeyCode::Char(c) => KeyCode::Char(latin(c).unwrap_or(c)),
        other => other,
    };
    let mut modifiers = event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::SHIFT);
    if event.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    // A character already says whether Shift was held.
    if matches!(code, KeyCode::Char(_)) {
        modifiers -= KeyModifiers::SHIFT;
    }
    let pressed = Key { code, modifiers };
    KEYS.iter().find(|b| b.keys.contains(&pressed)).map(|b| b.action)
}

/// The row of an action.
#[must_use]
pub fn binding(action: Action) -> Option<&'static Binding> {
    KEYS.iter().find(|b| b.action == action)
}

impl Key {
    /// How the key is written on the screen.
    #[must_use]
    pub fn name(&self, ascii: bool) -> String {
        let name = match self.code {
            KeyCode::Char(' ') => "Space".to_owned(),
            KeyCode::Char(c) if self.modifiers.contains(KeyModifiers::CONTROL) => {
                return format!("Ctrl-{}", c.to_ascii_uppercase());
            }
            KeyCode::Char(c) => c.to_string(),
            KeyCode::Up => if ascii { "Up" } else { "↑" }.to_owned(),
            KeyCode::Down => if ascii { "Down" } else { "↓" }.to_owned(),
            KeyCode::Left => if ascii { "Left" } else { "←" }.to_owned(),
            KeyCode::Right => if ascii { "Right" } else { "→" }.to_owned(),
            KeyCode::BackTab => return "Shift-Tab".to_owned(),
            KeyCode::PageUp => "PgUp".to_owned(),
            KeyCode::PageDown => "PgDn".to_owned(),
            KeyCode::F(n) => format!("F{n}"),
            other => format!("{other:?}"),
        };
        if self.modifiers.contains(KeyModifiers::SHIFT) { format!("Shift-{name}") } else { name }
    }
}

/// The letter on the key that sends a jamo in the 2-set layout (KS X 5002).
fn latin(jamo: char) -> Option<char> {
    const JAMO: &str = "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ";
    const LATIN: &str = "qwertyuiopasdfghjklzxcvbnmQWERTOP";
    JAMO.chars().zip(LATIN.chars()).find(|(j, _)| *j == jamo).map(|(_, l)| l)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;
    use crate::text::interface::Interface;
    use std::collections::BTreeSet;

    #[test]
    fn no_key_asks_for_two_things() {
        let keys: Vec<&Key> = KEYS.iter().flat_map(|b| b.keys).collect();
        for (i, a) in keys.iter().enumerate() {
            assert!(!keys[i + 1..].contains(a), "{a:?} is bound twice");
        }
    }

    #[test]
    fn every_key_has_words_and_no_words_lack_a_key() {
        let ids: BTreeSet<&str> = KEYS.iter().map(|b| b.id).collect();
        for lang in Lang::ALL {
            let words = Interface::of(lang);
            assert_eq!(ids, words.actions.keys().map(String::as_str).collect(), "{lang:?}");
            assert!(words.footer.keys().all(|k| ids.contains(k.as_str())), "{lang:?}");
        }
    }

    #[test]
    fn jamo_are_the_letters_on_their_keys() {
        let press = |c| action(&KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
        assert_eq!(press('ㅂ'), Some(Action::Quit));
        assert_eq!(press('ㅔ'), Some(Action::Presets));
        assert_eq!(press('ㅕ'), Some(Action::Undo));
        assert_eq!(press('ㅁ'), None);
        let shifted = KeyEvent::new(KeyCode::Char('L'), KeyModifiers::SHIFT);
        assert_eq!(action(&shifted), Some(Action::Language));
    }
}
