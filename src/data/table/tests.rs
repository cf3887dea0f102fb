use super::{MOST_ROWS, Table, TableError, clean};
use std::path::Path;

fn parse(text: &str, columns: &[&str]) -> Result<Table, TableError> {
    let columns: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
    Table::parse("t.csv", text.as_bytes(), (!columns.is_empty()).then_some(&columns))
}

fn says(text: &str, columns: &[&str]) -> String {
    parse(text, columns).unwrap_err().to_string()
}

#[test]
fn separators_marks_and_headers_are_understood() {
    for text in [
        "a,b\n1,2\n3,5\n",
        "\u{feff}a,b\r\n1,2\r\n3,5",
        "a;b\n1;2\n3;5\n",
        "a\tb\n1\t2\n\n3\t5\n\n",
        "\"a\",\"b\"\n\"1\", 2 \n3,5\n",
    ] {
        let table = parse(text, &["a", "B"]).unwrap();
        assert_eq!(table.names, ["a", "b"], "{text:?}");
        assert_eq!(table.columns, [[1.0, 3.0], [2.0, 5.0]], "{text:?}");
    }
    let bare = parse("1,2\n3,5\n", &["2"]).unwrap();
    assert_eq!((bare.names[0].as_str(), &bare.columns[0]), ("2", &vec![2.0, 5.0]));
    let decimal = parse("x;y\n3,6;79,5\n1,8;54\n", &["x", "y"]).unwrap();
    assert_eq!(decimal.columns, [[3.6, 1.8], [79.5, 54.0]]);
    let first = parse("who,age,height\nann,30,1.7\nbob,40,1.8\n", &[]).unwrap();
    assert_eq!((first.names, first.columns), (vec!["age".to_owned()], vec![vec![30.0, 40.0]]));
    // A header that is a number's neighbour: the name is looked for before the position.
    let swapped = parse("2,x\n1,a\n3,b\n", &["2"]).unwrap();
    assert_eq!(swapped.columns, [[1.0, 3.0]]);
}

#[test]
fn each_fault_is_one_sentence_that_says_where() {
    for (text, columns, expected) in [
        ("", vec![], "t.csv is empty"),
        ("\n\n", vec![], "t.csv is empty"),
        ("a,b\n", vec![], "no rows of numbers"),
        ("a,b\nx,y\nz,w\n", vec![], "no column of numbers; its columns are 'a', 'b'"),
        ("a,b\n1,2\n3\n", vec![], "line 3: 1 cells where the first line has 2"),
        ("a,b\n1,2\n3,4,5\n", vec![], "line 3: 3 cells where the first line has 2"),
        ("a,b\n1,2\nx,4\n", vec![], "line 3, column 'a': 'x' is not a number"),
        ("a,b\n1,2\n,4\n", vec![], "line 3, column 'a': the cell is empty"),
        ("a\r\n1\r\n2\r\nNaN\r\n", vec![], "line 4, column 'a': 'NaN' is not a finite number"),
        ("a\n1\n\n\nx", vec![], "line 5, column 'a'"),
        ("a\r\n1\r\n\r\nx", vec![], "line 4, column 'a'"),
        ("a\n1\n2\n-inf\n", vec![], "line 4, column 'a': '-inf' is not a finite"),
        ("a\n1\n2\n1e999\n", vec![], "line 4, column 'a': '1e999' is not a finite"),
        ("a,b\n1,2\n", vec![], "has one row"),
        ("a,b\n1,2\n1,3\n1,4\n", vec![], "column 'a': every value is 1;"),
        ("waiting,b\n1,2\n1,3\n", vec!["watiing"], "did you mean 'waiting'? It has 'waiting', 'b'"),
        ("a,b\n1,2\n1,3\n", vec!["zzz"], "has no column 'zzz'; it has 'a', 'b'"),
        ("a,b\n1,2\n1,3\n", vec!["3"], "has no column '3'"),
        ("a,b\n1,2\n2,3\n", vec!["a", "A"], "'a' is asked for twice"),
        ("a,b\n1,\u{1b}[31mred\n2,3\n", vec!["b"], "'[31mred' is not a number"),
    ] {
        let said = says(text, &columns);
        assert!(said.contains(expected), "{text:?}: {said}");
        assert!(!said.contains(char::is_control), "{said:?}");
    }
}

#[test]
fn what_is_not_a_text_is_refused() {
    let parse = |bytes: &[u8]| Table::parse("t.csv", bytes, None).unwrap_err();
    assert!(matches!(parse(b"\x7fELF\x02\0\0\0"), TableError::Binary { .. }));
    assert!(matches!(parse(b"\xff\xfea\0,\0b\0"), TableError::NotUtf8 { line: 1, .. }));
    // The word for "name" in EUC-KR.
    assert!(matches!(parse(b"\xc0\xcc\xb8\xa7,b\n1,2\n"), TableError::NotUtf8 { line: 1, .. }));
    assert!(matches!(parse(b"a\n1\n\xc0\xcc\n"), TableError::NotUtf8 { line: 3, .. }));
}

#[test]
fn a_record_without_end_is_refused_before_it_fills_the_memory() {
    let mut text = "a,b\n1,2\n\"3,4\n".to_owned();
    text.push_str(&"5,6\n".repeat(1_000_000));
    assert!(matches!(parse(&text, &[]), Err(TableError::TooLong { line: 3, .. })));
}

#[test]
fn of_very_many_rows_an_even_selection_is_kept() {
    let rows = 250_000u32;
    let mut text = "x\n".to_owned();
    for i in 0..rows {
        text.push_str(&i.to_string());
        text.push('\n');
    }
    let table = parse(&text, &[]).unwrap();
    assert_eq!(table.thinned_from, Some(u64::from(rows)));
    let kept = &table.columns[0];
    assert!(kept.len() <= MOST_ROWS && kept.len() > MOST_ROWS / 2);
    assert!(kept.windows(2).all(|w| w[1] - w[0] == 4.0), "evenly");
    assert_eq!((kept[0], kept[kept.len() - 1]), (0.0, 249_996.0));
}

#[test]
fn files_that_are_not_there_or_not_files_say_so() {
    let missing = Table::read(Path::new("/nowhere/at-all.csv"), None).unwrap_err();
    assert_eq!(missing.to_string(), "/nowhere/at-all.csv: there is no such file");
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Table::read(folder.path(), None), Err(TableError::Directory { .. })));
    let path = folder.path().join("fine.csv");
    std::fs::write(&path, "a\n1\n2\n").unwrap();
    assert_eq!(Table::read(&path, None).unwrap().columns, [[1.0, 2.0]]);
}

#[test]
fn names_lose_what_could_command_a_terminal() {
    assert_eq!(clean("a\u{1b}[2Jb\u{9b}\u{202e}c\n"), "a[2Jbc");
    assert_eq!(clean(&"x".repeat(200)).chars().count(), 80);
    assert_eq!(clean("기다린 시간"), "기다린 시간");
}
