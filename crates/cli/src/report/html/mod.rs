//! stub
use super::{Input, Total};
#[derive(Default)]
pub struct Book;
impl Book {
    pub fn input(&mut self, _: &mut Input) {}
    pub fn error(&mut self, _: &marey::Error) {}
    pub fn finish(&mut self, _: &mut Total) -> String {
        String::new()
    }
}
