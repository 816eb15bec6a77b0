//! Which texts of an event are asked for.

use std::collections::BTreeMap;

use marey_filter::check::typed::{Condition, Statement, Text};
use marey_filter::walk::{self, Node};

use super::ask::{Ask, What};

/// The texts that are asked for, by their slots.
#[derive(Debug, Default)]
pub struct Texts {
    /// How long the longest constant is that each is compared with.
    pub longest: BTreeMap<u16, usize>,
    /// What `let` named: a later name of the same number is another one.
    locals: BTreeMap<u8, Text>,
}

impl Texts {
    /// Those of all of these.
    pub fn of(asks: &[Ask]) -> Self {
        let mut texts = Texts::default();
        for ask in asks {
            match &ask.what {
                What::Filter(condition) => walk::condition(condition, &mut |node| texts.see(node)),
                What::Block(block) => walk::statements(block, &mut |node| texts.see(node)),
            }
        }
        texts
    }

    fn see(&mut self, node: Node<'_>) {
        match node {
            Node::Statement(Statement::LetText(local, text)) => {
                let text = self.resolved(text).clone();
                self.compared(&text, 0);
                self.locals.insert(*local, text);
            }
            Node::Condition(Condition::Texts { left, right, .. }) => {
                let (left, right) = (self.resolved(left).clone(), self.resolved(right).clone());
                let longest = len(&left).max(len(&right));
                self.compared(&left, longest);
                self.compared(&right, longest);
            }
            _ => {}
        }
    }

    fn compared(&mut self, text: &Text, len: usize) {
        if let Text::Slot(slot) = text {
            let longest = self.longest.entry(*slot).or_default();
            *longest = len.max(*longest);
        }
    }

    fn resolved<'t>(&'t self, text: &'t Text) -> &'t Text {
        match text {
            Text::Local(local) => self.locals.get(local).unwrap_or(text),
            text => text,
        }
    }
}

/// How long a text is that the program says.
fn len(text: &Text) -> usize {
    match text {
        Text::Constant(constant) => constant.len(),
        _ => 0,
    }
}
