//! Works the examples that the rule files carry.
