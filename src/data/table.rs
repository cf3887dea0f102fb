//! The learner's own table: numeric columns of a CSV file.

/// Numeric columns, all of the same length.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The file's name without its folders, cleaned of control characters.
    pub name: String,
    /// The columns' names, cleaned of control characters.
    pub names: Vec<String>,
    /// The columns, in the order of the names.
    pub columns: Vec<Vec<f64>>,
}
