use super::{Corpus, FEWEST_WORDS, MOST_BYTES, STOP, TextError, each_word};
use std::io::Write as _;

fn words(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    each_word(text, |w| all.push(w.to_owned()));
    all
}

#[test]
fn a_word_is_a_run_of_letters_in_any_script() {
    assert_eq!(
        words("`Oh dear!'  I'm late-ish -- don’t"),
        ["oh", "dear", ".", "i'm", "late-ish", "don't"]
    );
    assert_eq!(
        words("토끼 굴로 떨어졌다. 나는 3번"),
        ["토끼", "굴로", "떨어졌다", ".", "나는", "3번"]
    );
    assert_eq!(words("- ' '' rock-"), ["rock"]);
    assert!(words(&"x".repeat(200)).is_empty(), "what has no end is no word");
}

#[test]
fn alice_is_there_and_sorted_by_frequency() {
    let alice = Corpus::alice();
    let counts = alice.counts();
    assert_eq!(alice.words().len() as u64, counts.iter().sum::<u64>());
    assert_eq!(counts.len(), alice.vocabulary().len());
    assert!(counts.is_sorted_by(|a, b| a >= b));
    // Python's re.findall over the file by the same rule, and collections.Counter.
    assert_eq!((alice.words().len(), alice.vocabulary().len()), (ALICE_WORDS, ALICE_TYPES));
    let the = alice.number("The").expect("a word of the text");
    assert_eq!((&*alice.vocabulary()[the], counts[the]), ("the", ALICE_THE));
    assert_eq!(alice.number("xylophone"), None);
    assert_eq!(alice.number(""), None);
    let alice_name = alice.number("Alice").expect("her name");
    assert!(alice_name < 20 && alice.number(STOP).is_some());
}

#[test]
fn a_misspelled_word_is_found() {
    let alice = Corpus::alice();
    let like = |word: &str| alice.spelled_like(word, 1_000).map(|w| &*alice.vocabulary()[w]);
    assert_eq!(like("rabit"), Some("rabbit"));
    assert_eq!(like("Quene"), Some("queen"));
    assert_eq!(like("xylophone"), None);
    assert_eq!(like(""), None);
    let korean = Corpus::parse("k.txt", &"토끼 굴로 토끼굴로 갔다. ".repeat(20)).expect("a text");
    let found = korean.spelled_like("토기", 10).map(|w| &*korean.vocabulary()[w]);
    assert_eq!(found, Some("토끼"));
}

const ALICE_WORDS: usize = 28_178;
const ALICE_TYPES: usize = 2_674;
const ALICE_THE: u64 = 1_637;

#[test]
fn texts_that_cannot_be_learned_from_say_so() {
    let parse = |text: &str| Corpus::parse("a.txt", text).map(|c| c.words().len());
    let file = || "a.txt".to_owned();
    assert_eq!(parse(" \n\t... !"), Err(TextError::Empty { file: file() }));
    assert_eq!(parse(""), Err(TextError::Empty { file: file() }));
    let word = "hm".to_owned();
    assert_eq!(parse(&"hm. ".repeat(500)), Err(TextError::OneWord { file: file(), word }));
    assert_eq!(parse("to be or not to be"), Err(TextError::TooShort { file: file(), words: 6 }));
    assert_eq!(parse(&"a b ".repeat(FEWEST_WORDS)), Ok(2 * FEWEST_WORDS));
}

#[test]
fn files_are_read_to_a_bound_and_complained_of_clearly() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::File::create(&path).and_then(|mut f| f.write_all(bytes)).expect("a file");
        path
    };
    let long = put("long.txt", "가나 다라. ".repeat(MOST_BYTES as usize / 14).as_bytes());
    let corpus = Corpus::read(&long).expect("the beginning");
    assert_eq!(corpus.vocabulary().len(), 3);
    assert!(corpus.cut_from().is_some_and(|whole| whole > MOST_BYTES));
    let read = |path: std::path::PathBuf| Corpus::read(&path).expect_err("no text").to_string();
    assert!(read(put("b.txt", b"a\0b")).contains("not a text file"));
    assert!(read(put("c.txt", b"fine\nfine\n\xff\xfe")).contains("line 3"));
    assert!(read(folder.path().join("none.txt")).contains("no such file"));
    assert!(read(folder.path().to_path_buf()).contains("directory"));
    let marked = put("bom.txt", "\u{feff}a b ".repeat(60).as_bytes());
    assert_eq!(Corpus::read(&marked).expect("a text").vocabulary()[0].as_ref(), "a");
}

#[test]
fn the_common_word_is_long_enough_to_mean_something() {
    let text = "the end of the day is the end of the week. ".repeat(6);
    let corpus = Corpus::parse("a.txt", &text).unwrap();
    let found = corpus.common_word(usize::MAX).unwrap();
    assert_eq!(&*corpus.vocabulary()[found], "week");
    assert!(corpus.common_word(3).is_none());
}
