//! `CAST(… AS DATE)` of a timestamp as one division. The engine's own cast goes through the calendar, year by year, and took a fifth
//! of a pull's time; the days are the same.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, PrimitiveArray};
use datafusion::arrow::datatypes::{DataType, Date32Type, TimeUnit, TimestampMicrosecondType};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, plan_err};
use datafusion::error::Result;
use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, LogicalPlan, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

const MICROS_A_DAY: i64 = 86_400_000_000;
/// The typed table's only type of timestamps: local times of the source.
const TIMESTAMP: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

/// Makes the engine divide.
pub(super) fn register(context: &SessionContext) {
    let function = DayOf { signature: Signature::exact(vec![TIMESTAMP], Volatility::Immutable) };
    context.add_optimizer_rule(Arc::new(DivideForDays { function: Arc::new(ScalarUDF::new_from_impl(function)) }));
}

#[derive(Debug)]
struct DivideForDays {
    function: Arc<ScalarUDF>,
}

impl DivideForDays {
    fn replaced(&self, expression: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
        match expression {
            Expr::Cast(Cast { expr, field })
                if field.data_type() == &DataType::Date32 && expr.get_type(schema)? == TIMESTAMP =>
            {
                Ok(Transformed::yes(self.function.call(vec![*expr])))
            }
            other => Ok(Transformed::no(other)),
        }
    }
}

impl OptimizerRule for DivideForDays {
    fn name(&self) -> &str {
        "divide_for_days"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn rewrite(&self, plan: LogicalPlan, _config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let schema = merge_schema(&plan.inputs());
        let names = NamePreserver::new(&plan);
        plan.map_expressions(|expression| {
            let name = names.save(&expression);
            let replaced = expression.transform_up(|node| self.replaced(node, &schema))?;
            Ok(replaced.update_data(|expression| name.restore(expression)))
        })
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct DayOf {
    signature: Signature,
}

impl ScalarUDFImpl for DayOf {
    fn name(&self) -> &str {
        "day_of"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Date32)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [times] = arguments.args.as_slice() else { return plan_err!("day_of takes one timestamp") };
        let times = times.to_array(arguments.number_rows)?;
        let times = times.as_primitive::<TimestampMicrosecondType>();
        let days: PrimitiveArray<Date32Type> = times.unary(day);
        Ok(ColumnarValue::Array(Arc::new(days) as ArrayRef))
    }
}

/// Days since 1970-01-01; the widest timestamp is 107 million days away.
fn day(micros: i64) -> i32 {
    i32::try_from(micros.div_euclid(MICROS_A_DAY)).unwrap_or(i32::MAX)
}
