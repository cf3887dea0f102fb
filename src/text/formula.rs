//! Formulas typeset in two dimensions of Unicode text.

/// A typeset formula: rows of runs, all rows padded to the same width.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formula {
    /// The rows from the top.
    pub rows: Vec<Vec<Run>>,
    /// The width in terminal columns.
    pub width: usize,
}

/// A stretch of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The characters.
    pub text: String,
    /// The parameter or readout this symbol is bound to, if it is.
    pub bound: Option<String>,
}
