//! The lesson as a learner and a script meet it: through runs.
