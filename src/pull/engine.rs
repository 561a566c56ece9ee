//! The SQL engine: bounded memory, working files in the spool folder, nothing that changes from run to run.

use std::path::Path;
use std::sync::Arc;

use datafusion::error::DataFusionError;
use datafusion::execution::context::{SessionConfig, SessionContext};
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::{Expr, Volatility};

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};

use super::read::BATCH_ROWS;

/// A context whose operators together hold at most `memory` bytes and spill to `spool`.
pub(super) fn context(memory: usize, spool: &Path, threads: usize) -> Result<SessionContext, DataFusionError> {
    let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![spool.to_owned()]));
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(memory)))
        .with_disk_manager_builder(disk)
        .build_arc()?;
    let mut config = SessionConfig::new().with_target_partitions(threads).with_batch_size(BATCH_ROWS);
    let options = config.options_mut();
    // What a sort keeps back for merging must leave room for the rows themselves.
    let kept_back = memory / (threads * 16).max(1);
    options.execution.sort_spill_reservation_bytes = options.execution.sort_spill_reservation_bytes.min(kept_back);
    // Numbers written in the SQL are exact.
    options.sql_parser.parse_float_as_decimal = true;
    // A recursive query would read the rows again and again.
    options.execution.enable_recursive_ctes = false;
    Ok(SessionContext::new_with_config_rt(config, runtime))
}

/// The number of partitions: one a core.
pub(super) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// An engine's message without its backtrace and nesting.
pub(super) fn plain(error: &DataFusionError) -> String {
    error.strip_backtrace()
}

/// Refuses functions that give another result tomorrow: `now()`, `random()` and the like.
pub(super) fn refuse_changeable(expression: &Expr) -> Result<(), String> {
    let mut found = None;
    expression
        .apply(|node| {
            if let Expr::ScalarFunction(function) = node
                && function.func.signature().volatility != Volatility::Immutable
            {
                found = Some(function.func.name().to_owned());
                return Ok(TreeNodeRecursion::Stop);
            }
            Ok(TreeNodeRecursion::Continue)
        })
        .map_err(|error| error.to_string())?;
    match found {
        Some(name) => Err(format!("{name}() gives another result each time; use the rows' own times instead")),
        None => Ok(()),
    }
}
