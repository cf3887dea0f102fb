//! From bytes to columns: sniff, find the columns, stream the rows.

use super::{LONGEST_RECORD, MOST_PICTURES, MOST_ROWS, Table, TableError, clean};
use crate::data::pictures::SIDES;
use csv::ByteRecord;
use std::cell::Cell;
use std::io::{self, Cursor, Read};
use std::rc::Rc;

/// How much of the file is looked at before it is read.
const HEAD: u64 = 1 << 16;

/// Which columns to read.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'a> {
    /// The first whose cell in the first row is a number.
    First,
    /// All of those, whatever they hold: rows that stand for themselves and for no distribution.
    Vectors,
    /// Those of these names or numbers.
    Named(&'a [String]),
}

impl<'a> Wanted<'a> {
    /// The columns asked for, if any are.
    pub(super) fn of(columns: Option<&'a [String]>) -> Self {
        columns.filter(|c| !c.is_empty()).map_or(Self::First, Self::Named)
    }
}

/// A row a picture: the columns of pixels, and the labels.
pub(super) fn read_labelled(
    file: &str,
    source: impl Read,
) -> Result<(Table, Vec<String>), TableError> {
    open(file, source)?.labelled()
}

pub(super) fn read(file: &str, source: impl Read, wanted: Wanted<'_>) -> Result<Table, TableError> {
    open(file, source)?.table(wanted)
}

type Whole<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// Sniffs what the file is.
fn open<R: Read>(file: &str, mut source: R) -> Result<Rows<'_, Whole<R>>, TableError> {
    let unreadable =
        |e: &io::Error| TableError::Unreadable { file: file.to_owned(), why: e.kind().to_string() };
    let mut head = Vec::new();
    source.by_ref().take(HEAD).read_to_end(&mut head).map_err(|e| unreadable(&e))?;
    if head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) {
        return Err(TableError::NotUtf8 { file: file.to_owned(), line: 1 });
    }
    if head.contains(&0) {
        return Err(TableError::Binary { file: file.to_owned() });
    }
    if head.starts_with(&[0xEF, 0xBB, 0xBF]) {
        head.drain(..3);
    }
    let delimiter = sniff(&head);
    let carriage_returns = head.windows(2).any(|w| w == b"\r\n");
    let seen = Rc::new(Seen::default());
    let bounded = Bounded { inner: Cursor::new(head).chain(source), seen: Rc::clone(&seen) };
    let csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(bounded);
    Ok(Rows { file, csv, seen, carriage_returns, decimal_comma: delimiter == b';', line: 1 })
}

/// Tab, semicolon or comma: the first of them that splits the first lines into equally many cells,
/// more than one; else a comma. (A decimal comma makes commas frequent where semicolons separate.)
fn sniff(head: &[u8]) -> u8 {
    let lines: Vec<&[u8]> = head
        .split(|b| *b == b'\n' || *b == b'\r')
        .filter(|l| !l.trim_ascii().is_empty())
        .take(4)
        .collect();
    let whole = &lines[..if lines.len() > 1 && (head.len() as u64) == HEAD {
        lines.len() - 1
    } else {
        lines.len()
    }];
    let count = |line: &[u8], mark: u8| {
        let mut quoted = false;
        let mut n = 0;
        for b in line {
            quoted ^= *b == b'"';
            n += usize::from(*b == mark && !quoted);
        }
        n
    };
    let splits = |mark: u8| {
        let mut counts = whole.iter().map(|l| count(l, mark));
        counts.next().is_some_and(|first| first > 0 && counts.all(|c| c == first))
    };
    let some = |mark: u8| whole.first().is_some_and(|l| count(l, mark) > 0);
    let marks = [b'\t', b';', b','];
    marks
        .into_iter()
        .find(|m| splits(*m))
        .or_else(|| [b',', b';', b'\t'].into_iter().find(|m| some(*m)))
        .unwrap_or(b',')
}

/// Refuses to read on where a record has no end, before it fills the memory.
struct Bounded<R> {
    inner: R,
    seen: Rc<Seen>,
}

/// What has gone through a [`Bounded`].
#[derive(Default)]
struct Seen {
    since_record: Cell<usize>,
    total: Cell<u64>,
    last: Cell<u8>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.seen.since_record.get() > LONGEST_RECORD {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let n = self.inner.read(buffer)?;
        self.seen.since_record.set(self.seen.since_record.get() + n);
        self.seen.total.set(self.seen.total.get() + n as u64);
        if let Some(last) = n.checked_sub(1).and_then(|i| buffer.get(i)) {
            self.seen.last.set(*last);
        }
        Ok(n)
    }
}

/// What of each row is kept.
struct Kept<'a> {
    /// The columns of numbers.
    chosen: &'a [usize],
    /// The column of labels.
    label: Option<usize>,
    /// How many rows at most.
    most: usize,
    /// Whether one row will do, and columns may be constant.
    any: bool,
}

/// Leaves every other item out.
fn halve<T>(items: &mut Vec<T>) {
    let mut index = 0;
    items.retain(|_| {
        index += 1;
        index % 2 == 1
    });
}

struct Rows<'a, R> {
    file: &'a str,
    csv: csv::Reader<Bounded<R>>,
    seen: Rc<Seen>,
    carriage_returns: bool,
    decimal_comma: bool,
    line: u64,
}

impl<R: Read> Rows<'_, R> {
    fn file(&self) -> String {
        self.file.to_owned()
    }

    /// The next row that is not blank, with its line.
    fn next(&mut self, record: &mut ByteRecord) -> Result<bool, TableError> {
        loop {
            self.seen.since_record.set(0);
            let line = self.csv.position().line();
            let more = self.csv.read_byte_record(record).map_err(|e| match e.kind() {
                csv::ErrorKind::Io(e) if e.kind() == io::ErrorKind::FileTooLarge => {
                    TableError::TooLong { file: self.file(), line }
                }
                csv::ErrorKind::Io(e) => {
                    TableError::Unreadable { file: self.file(), why: e.kind().to_string() }
                }
                _ => TableError::Unreadable { file: self.file(), why: clean(&e.to_string()) },
            })?;
            self.line = self.last_line();
            if !more || record.len() != 1 || !record[0].trim_ascii().is_empty() {
                return Ok(more);
            }
        }
    }

    /// The line the record just read ends on. (The position of its start lies before the blank
    /// lines that were skipped; after \r\n the reader stands between the two.)
    fn last_line(&self) -> u64 {
        let at = self.csv.position();
        let open = at.byte() == self.seen.total.get() && self.seen.last.get() != b'\n';
        if self.carriage_returns || open { at.line() } else { at.line().saturating_sub(1) }
    }

    /// A cell as a number, if it reads as one; NaN and infinity do.
    fn number(&self, cell: &[u8]) -> Option<f64> {
        let cell = std::str::from_utf8(cell.trim_ascii()).ok()?;
        cell.parse().ok().or_else(|| {
            (self.decimal_comma && cell.contains(',') && !cell.contains('.'))
                .then(|| cell.replacen(',', ".", 1).parse().ok())
                .flatten()
        })
    }

    fn table(mut self, wanted: Wanted<'_>) -> Result<Table, TableError> {
        let mut record = ByteRecord::new();
        let names = self.names(&mut record, |rows, first| {
            !first.iter().all(|cell| rows.number(cell).is_some())
        })?;
        let chosen = self.choose(&names, &record, wanted)?;
        let vectors = matches!(wanted, Wanted::Vectors);
        let kept = Kept { chosen: &chosen, label: None, most: MOST_ROWS, any: vectors };
        Ok(self.rows(record, &names, &kept)?.0)
    }

    fn labelled(mut self) -> Result<(Table, Vec<String>), TableError> {
        let is_label = |name: &str| {
            ["label", "class"].iter().any(|known| name.trim().eq_ignore_ascii_case(known))
        };
        let mut record = ByteRecord::new();
        // A label may be a word, so one word makes no header, unless it is that of the labels.
        let names = self.names(&mut record, |rows, first| {
            let words = first.iter().filter(|cell| rows.number(cell).is_none());
            let named = first.iter().any(|c| std::str::from_utf8(c).is_ok_and(is_label));
            named || words.count() > 1
        })?;
        let pixels = names.len() - 1;
        let side = pixels.isqrt();
        if side * side != pixels || !SIDES.contains(&side) {
            return Err(TableError::NotSquare { file: self.file(), pixels });
        }
        let label = names.iter().position(|name| is_label(name)).unwrap_or(0);
        let chosen: Vec<usize> = (0..names.len()).filter(|i| *i != label).collect();
        let kept = Kept { chosen: &chosen, label: Some(label), most: MOST_PICTURES, any: false };
        self.rows(record, &names, &kept)
    }

    /// The names of the columns, or their numbers where the first row is not a header, and in
    /// `record` the first row that is none.
    fn names(
        &mut self,
        record: &mut ByteRecord,
        is_header: impl Fn(&Self, &ByteRecord) -> bool,
    ) -> Result<Vec<String>, TableError> {
        if !self.next(record)? {
            return Err(TableError::Empty { file: self.file() });
        }
        let width = record.len();
        let names = if is_header(self, record) {
            let mut names = Vec::with_capacity(width);
            for (index, cell) in record.iter().enumerate() {
                let name = std::str::from_utf8(cell)
                    .map_err(|_| TableError::NotUtf8 { file: self.file(), line: self.line })?;
                let name = clean(name);
                names.push(if name.is_empty() { (index + 1).to_string() } else { name });
            }
            if !self.next(record)? {
                return Err(TableError::HeaderOnly { file: self.file() });
            }
            names
        } else {
            (1..=width).map(|n| n.to_string()).collect()
        };
        self.check_width(record, width)?;
        Ok(names)
    }

    fn check_width(&self, record: &ByteRecord, width: usize) -> Result<(), TableError> {
        if record.len() == width {
            return Ok(());
        }
        let (line, found) = (self.line, record.len());
        Err(TableError::Ragged { file: self.file(), line, expected: width, found })
    }

    /// Where the wanted columns stand.
    fn choose(
        &self,
        names: &[String],
        first: &ByteRecord,
        wanted: Wanted<'_>,
    ) -> Result<Vec<usize>, TableError> {
        let Wanted::Named(wanted) = wanted else {
            let most = if matches!(wanted, Wanted::First) { 1 } else { usize::MAX };
            let numeric = first.iter().enumerate().filter(|(_, cell)| self.number(cell).is_some());
            let chosen: Vec<usize> = numeric.map(|(index, _)| index).take(most).collect();
            if chosen.is_empty() {
                return Err(TableError::NoNumbers { file: self.file(), names: names.to_vec() });
            }
            return Ok(chosen);
        };
        let mut chosen = Vec::with_capacity(wanted.len());
        for asked in wanted {
            let asked = clean(asked);
            let folded = asked.to_lowercase();
            let index = names
                .iter()
                .position(|n| *n == asked)
                .or_else(|| names.iter().position(|n| n.to_lowercase() == folded))
                .or_else(|| {
                    let number: usize = asked.parse().ok()?;
                    (1..=names.len()).contains(&number).then(|| number - 1)
                });
            let Some(index) = index else {
                let near = |n: &&String| strsim::jaro_winkler(&n.to_lowercase(), &folded);
                let nearest = names
                    .iter()
                    .max_by(|a, b| near(a).total_cmp(&near(b)))
                    .filter(|n| near(n) > 0.7)
                    .cloned();
                let names = names.to_vec();
                return Err(TableError::NoSuchColumn { file: self.file(), asked, nearest, names });
            };
            if chosen.contains(&index) {
                return Err(TableError::Repeated {
                    file: self.file(),
                    column: names[index].clone(),
                });
            }
            chosen.push(index);
        }
        Ok(chosen)
    }

    fn rows(
        &mut self,
        mut record: ByteRecord,
        names: &[String],
        kept: &Kept<'_>,
    ) -> Result<(Table, Vec<String>), TableError> {
        let chosen = kept.chosen;
        let mut columns: Vec<Vec<f64>> = vec![Vec::new(); chosen.len()];
        let mut labels: Vec<String> = Vec::new();
        let mut ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); chosen.len()];
        let (mut count, mut every) = (0u64, 1u64);
        loop {
            self.check_width(&record, names.len())?;
            let keep = count.is_multiple_of(every);
            if let Some(index) = kept.label {
                let label = self.word(&record[index], &names[index])?;
                if keep {
                    labels.push(label);
                }
            }
            for ((column, range), index) in columns.iter_mut().zip(&mut ranges).zip(chosen) {
                let value = self.value(&record[*index], &names[*index])?;
                *range = (range.0.min(value), range.1.max(value));
                if keep {
                    column.push(value);
                }
            }
            count += 1;
            if columns[0].len() > kept.most {
                // Every other one of those kept, and from here on half as often.
                every *= 2;
                columns.iter_mut().for_each(halve);
                halve(&mut labels);
            }
            if !self.next(&mut record)? {
                break;
            }
        }
        if count == 1 && !kept.any {
            return Err(TableError::OneRow { file: self.file() });
        }
        for (range, index) in ranges.iter().zip(chosen) {
            if range.0 == range.1 && !kept.any && kept.label.is_none() {
                return Err(TableError::Constant {
                    file: self.file(),
                    column: names[*index].clone(),
                    value: range.0.to_string(),
                });
            }
        }
        let table = Table {
            name: self.file(),
            names: chosen.iter().map(|i| names[*i].clone()).collect(),
            columns,
            thinned_from: (every > 1).then_some(count),
        };
        Ok((table, labels))
    }

    /// A cell as a label.
    fn word(&self, cell: &[u8], column: &str) -> Result<String, TableError> {
        let (file, line) = (|| self.file(), self.line);
        if cell.contains(&0) {
            return Err(TableError::Binary { file: file() });
        }
        let text =
            std::str::from_utf8(cell).map_err(|_| TableError::NotUtf8 { file: file(), line })?;
        let word = clean(text);
        if word.is_empty() {
            return Err(TableError::EmptyCell { file: file(), line, column: column.to_owned() });
        }
        if word.eq_ignore_ascii_case("nan") {
            let column = column.to_owned();
            return Err(TableError::NotFinite { file: file(), line, column, given: word });
        }
        Ok(word)
    }

    fn value(&self, cell: &[u8], column: &str) -> Result<f64, TableError> {
        let (file, line, column) = (|| self.file(), self.line, || column.to_owned());
        match self.number(cell) {
            Some(value) if value.is_finite() => Ok(value),
            Some(_) => {
                let given = clean(&String::from_utf8_lossy(cell));
                Err(TableError::NotFinite { file: file(), line, column: column(), given })
            }
            None if cell.trim_ascii().is_empty() => {
                Err(TableError::EmptyCell { file: file(), line, column: column() })
            }
            None => match std::str::from_utf8(cell) {
                Ok(text) => {
                    let given = clean(text);
                    Err(TableError::NotANumber { file: file(), line, column: column(), given })
                }
                Err(_) if cell.contains(&0) => Err(TableError::Binary { file: file() }),
                Err(_) => Err(TableError::NotUtf8 { file: file(), line }),
            },
        }
    }
}
