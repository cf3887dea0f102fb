//! Colours and glyphs: the one place that knows them.
