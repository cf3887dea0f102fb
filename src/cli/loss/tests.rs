use crate::cli::tests::say;
use crate::text::Lang;
use serde_json::Value as Json;
use std::fs;

const A: &str = "1,2,2\n2,-1,2\n-2,2,1\n0,3,-4\n";
const B: &str = "x,y,z\n2,2,1\n1,-2,2\n-1,2,2\n1,4,-3\n";

/// Says `loss` with the two texts as its files.
fn of(lang: Lang, words: &[&str], a: &str, b: &str) -> (u8, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let (at, bt) = (folder.path().join("a.csv"), folder.path().join("b.csv"));
    fs::write(&at, a).unwrap();
    fs::write(&bt, b).unwrap();
    let (at, bt) = (at.to_str().unwrap().to_owned(), bt.to_str().unwrap().to_owned());
    let mut all = vec!["loss"];
    for word in words {
        match *word {
            "A" => all.extend(["--a", at.as_str()]),
            "B" => all.extend(["--b", bt.as_str()]),
            word => all.push(word),
        }
    }
    say(lang, &all)
}

fn json(words: &[&str]) -> Json {
    let all = [&["A", "--json"], words].concat();
    let (code, out, talk) = of(Lang::En, &[words, &["A", "--json"]].concat(), A, B);
    assert_eq!((code, talk.as_str()), (0, ""), "{all:?}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn the_fixed_matrix_comes_out_as_numpy_has_it() {
    for (words, exact) in [
        (&["nt-xent", "B", "--temperature", "0.5"][..], 0.822_968_901_6),
        (&["nt-xent", "B", "--temperature", "0.1"], 0.085_191_894_5),
        (&["clip", "B", "--temperature", "0.5"], 0.507_080_562_4),
        (&["clip", "B", "--scale", "10"], 0.074_757_070_8),
        (&["info-nce", "B", "--temperature", "0.5"], 0.507_037_533_7),
        (&["siglip", "B"], 1.330_923_116_8),
        (&["siglip", "B", "--scale", "10", "--bias", "0"], 5.430_821_379_0),
        (&["alignment", "B"], 0.195_987_942_3),
        (&["uniformity"], -3.128_227_604_7),
    ] {
        let object = json(words);
        let found = object["loss"].as_f64().unwrap();
        assert!((found - exact).abs() < 6e-11, "{words:?}: {found} against {exact}");
        let gradients = &object["gradients"];
        let rows = gradients["a"].as_array().unwrap();
        assert!(rows.len() == 4 && rows.iter().all(|r| r.as_array().unwrap().len() == 3));
        assert_eq!(gradients.get("b").is_some(), words.contains(&"B"));
        let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["loss", "gradients"]);
    }
    let gradients = &json(&["siglip", "B"])["gradients"];
    for (name, exact) in [("log_scale", -6.332_897_230_0), ("bias", -0.699_194_560_7)] {
        assert!((gradients[name].as_f64().unwrap() - exact).abs() < 1e-9, "{gradients}");
    }
}

#[test]
fn the_table_is_told_in_both_languages() {
    let words = ["siglip", "A", "B"];
    let (code, out, talk) = of(Lang::En, &words, A, B);
    assert_eq!((code, talk.as_str()), (0, ""));
    assert!(out.starts_with("siglip   4 rows of 3   scale 10   bias -10\n\n  loss "), "{out}");
    assert!(out.contains("1.330923\n") && out.contains("derivative by the log of the"), "{out}");
    let (_, out, _) = of(Lang::Ko, &words, A, B);
    assert!(out.starts_with("siglip   4행 3열   배율 10   편향 -10\n\n  손실 "), "{out}");
    assert!(out.contains("기울기의 크기: a"), "{out}");
}

#[test]
fn what_cannot_be_is_told_in_one_sentence_with_its_place() {
    for (words, a, b, code, english, korean) in [
        (&["clip", "A"][..], A, B, 2, "--b FILE.csv", "--b FILE.csv"),
        (&["uniformity", "A", "B"], A, B, 2, "--b does not belong", "쓰지 않는 옵션"),
        (&["siglip", "A", "B", "--temperature", "1"], A, B, 2, "does not belong", "쓰지 않는"),
        (&["clip", "A", "B", "--bias", "1"], A, B, 2, "--bias does not", "--bias: clip"),
        (&["alignment", "A", "B", "--scale", "1"], A, B, 2, "--scale does", "--scale: align"),
        (&["clip", "A", "B", "--temperature", "0"], A, B, 2, "above 0", "0보다 큰"),
        (&["clip", "A", "B", "--temperature", "-1"], A, B, 2, "above 0", "0보다 큰"),
        (&["nt-xent", "A", "B", "--temperature", "nan"], A, B, 2, "above 0", "0보다 큰"),
        (&["siglip", "A", "B", "--bias", "inf"], A, B, 2, "finite", "유한한"),
        (
            &["clip", "A", "B", "--temperature", "1", "--scale", "1"],
            A,
            B,
            2,
            "one of the two",
            "하나만",
        ),
        (&["clip", "A", "B"], "1,2\n0,0\n", "1,2\n1,1\n", 1, "a.csv, row 2: a", "a.csv, 2행: 길"),
        (&["clip", "A", "B"], "1,2\n3,4\n", "x,y\n1,2\n0,0\n", 1, "b.csv, row 2", "b.csv, 2행"),
        (&["clip", "A", "B"], A, "1,2\n3,4\n", 1, "4 rows of 3 and b.csv has 2 of 2", "2행 2열"),
        (&["clip", "A", "B"], "1,2\nnan,1\n", B, 1, "not a finite number", "유한한 수가 아닙니다"),
        (&["clip", "A", "B"], "", B, 1, "a.csv is empty", "비어 있습니다"),
        (&["uniformity", "A"], "1,2\n", B, 1, "one row", "하나뿐"),
        (&["clip", "--a", "/no/such.csv", "B"], A, B, 1, "no such file", "파일이 없습니다"),
        (&["clop", "A", "B"], A, B, 2, "'clip'", "혹시 'clip'인가요?"),
        (&["clip", "B"], A, B, 2, "--a", "빠진 인자"),
        (&["clip", "A", "B", "--scale", "x"], A, B, 2, "'x'", "올바른 값이 아닙니다"),
    ] {
        for (lang, expected) in [(Lang::En, english), (Lang::Ko, korean)] {
            let (found, out, talk) = of(lang, words, a, b);
            assert_eq!((found, out.as_str()), (code, ""), "{words:?}: {talk}");
            assert!(talk.contains(expected), "{words:?}: {talk}");
        }
    }
}

#[test]
fn one_row_has_no_negatives_and_says_so() {
    for loss in ["info-nce", "nt-xent", "clip"] {
        let (code, out, talk) = of(Lang::En, &[loss, "A", "B", "--json"], "1,2\n", "2,-1\n");
        assert!(code == 0 && talk.contains("of one row is 0"), "{talk}");
        let object: Json = serde_json::from_str(&out).unwrap();
        assert!(object["loss"].as_f64().unwrap().abs() < 1e-14, "{out}");
    }
    let (code, out, talk) = of(Lang::En, &["siglip", "A", "B"], "1,2\n", "2,-1\n");
    assert_eq!((code, talk.as_str()), (0, ""));
    // softplus(10): the logit of a right angle is the bias.
    assert!(out.contains("10.00005"), "{out}");
}

#[test]
fn tiny_and_huge_settings_stay_finite() {
    for words in [
        &["clip", "A", "B", "--temperature", "1e-300"][..],
        &["nt-xent", "A", "B", "--temperature", "1e-9"],
        &["info-nce", "A", "B", "--temperature", "1e12"],
        &["siglip", "A", "B", "--scale", "1e9", "--bias", "-1e9"],
    ] {
        let (code, out, talk) = of(Lang::En, &[words, &["--json"]].concat(), A, B);
        assert_eq!((code, talk.as_str()), (0, ""), "{words:?}");
        let object: Json = serde_json::from_str(&out).unwrap();
        assert!(object["loss"].as_f64().is_some_and(|l| l >= 0.0), "{words:?}: {out}");
    }
}
