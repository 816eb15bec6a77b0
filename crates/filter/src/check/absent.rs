//! What an event does not have, where it is known later only which events there are.

use super::names::Scope;
use crate::lang::tree::{Expr, ExprKind, SetItem};

/// Whether an expression names something that the class of events does not have, and so a
/// comparison of it is false, or cannot be answered. Conditions within it are looked at by
/// themselves.
pub fn names_absent(scope: &Scope<'_>, expr: &Expr) -> bool {
    let is_absent = |expr: &Expr| names_absent(scope, expr);
    match &expr.kind {
        ExprKind::Name(name) => !scope.has(name),
        ExprKind::Minus(inner) | ExprKind::Plus(inner) | ExprKind::Inverted(inner) => {
            is_absent(inner)
        }
        ExprKind::Compute(_, left, right) | ExprKind::Compare(_, left, right) => {
            is_absent(left) || is_absent(right)
        }
        ExprKind::In(value, items) => {
            is_absent(value)
                || items.iter().any(|item| match item {
                    SetItem::One(one) => is_absent(one),
                    SetItem::Range(first, last) => is_absent(first) || is_absent(last),
                })
        }
        ExprKind::MapRead { keys, otherwise, .. } => {
            keys.iter().any(is_absent) || otherwise.as_deref().is_some_and(is_absent)
        }
        ExprKind::Number { .. }
        | ExprKind::Bool(_)
        | ExprKind::Text(_)
        | ExprKind::Time(_)
        | ExprKind::TimeOfDay(_)
        | ExprKind::Address(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Not(_)
        | ExprKind::Broken => false,
    }
}
