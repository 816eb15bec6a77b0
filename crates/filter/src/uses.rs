//! What filters and blocks ask for besides the event.

use crate::check::typed::{Condition, NumberKind, Statement, Text};
use crate::walk::{self, Node};

/// What is asked for, or done, besides looking at the event and a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Uses {
    /// Values or maps of the state are asked for or set.
    pub state: bool,
    /// What `let` named is asked for.
    pub locals: bool,
    /// Something is counted.
    pub counts: bool,
    /// The recording is marked, saved or ended, or the event is sent.
    pub acts: bool,
}

/// What these statements ask for.
pub fn of_statements(statements: &[Statement]) -> Uses {
    let mut uses = Uses::default();
    walk::statements(statements, &mut |node| uses.see(node));
    uses
}

/// What a condition asks for.
pub fn of_condition(condition: &Condition) -> Uses {
    let mut uses = Uses::default();
    walk::condition(condition, &mut |node| uses.see(node));
    uses
}

impl Uses {
    fn see(&mut self, node: Node<'_>) {
        match node {
            Node::Statement(statement) => self.statement(statement),
            Node::Condition(_) => {}
            Node::Number(number) => match number.kind {
                NumberKind::Cell(_) | NumberKind::MapRead(_) => self.state = true,
                NumberKind::Local(_) => self.locals = true,
                NumberKind::Constant(_)
                | NumberKind::Slot(_)
                | NumberKind::Compute(..)
                | NumberKind::Truth(_) => {}
            },
            Node::Text(text) => match text {
                Text::Cell(_) | Text::MapRead(_) => self.state = true,
                Text::Local(_) => self.locals = true,
                Text::Constant(_) | Text::Slot(_) => {}
            },
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Keep
            | Statement::Discard
            | Statement::Let(..)
            | Statement::LetText(..)
            | Statement::If(..) => {}
            Statement::Set(..) | Statement::SetMap { .. } | Statement::Delete(..) => {
                self.state = true;
            }
            Statement::Count(..) | Statement::Hist(..) => self.counts = true,
            Statement::Mark(_) | Statement::Send(_) | Statement::Snapshot | Statement::Stop => {
                self.acts = true;
            }
        }
    }
}
