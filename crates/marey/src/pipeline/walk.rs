//! Walking over the records of pieces: each with the scene of its place.

use super::piece::{self, Piece};
use crate::format::Format;
use crate::meta::{Item, Meta};
use crate::record::{Head, Packet};
use crate::scene::Scene;

/// The scene at a place of a piece, which moves on from record to record.
#[derive(Debug)]
pub(crate) struct Cursor {
    scene: Scene,
    /// How many of the piece's patches and meta records are in the scene.
    patched: usize,
    metas: usize,
}

impl Cursor {
    /// At the start of a piece, where the scene is this one.
    pub fn new(scene: Scene) -> Self {
        Cursor { scene, patched: 0, metas: 0 }
    }

    /// Lets the scene be that before the record with this index, if the piece's meta records are
    /// listed.
    pub fn advance(&mut self, piece: &Piece, format: &dyn Format, index: usize) {
        loop {
            let meta = piece.metas.get(self.metas).map(|&meta| meta as usize);
            let meta = meta.filter(|&meta| meta < index);
            self.patch(piece, meta.unwrap_or(index));
            let Some(meta) = meta else { return };
            let items = self.meta_items(piece, format, meta);
            self.scene.apply(&items);
            self.metas += 1;
        }
    }

    /// Applies what damage changed before the record with this index.
    pub fn patch(&mut self, piece: &Piece, index: usize) {
        while let Some((before, item)) = piece.framed.patches.get(self.patched)
            && *before <= index
        {
            self.scene.apply(std::slice::from_ref(item));
            self.patched += 1;
        }
    }

    /// What the meta record with this index says.
    pub fn meta_items<'a>(
        &self,
        piece: &'a Piece,
        format: &'a dyn Format,
        index: usize,
    ) -> Vec<Item<'a>> {
        let head = piece.heads.get(index);
        head.map_or_else(Vec::new, |h| piece::meta_items(piece.span(format), h, &self.scene).0)
    }

    /// The packet with this index.
    pub fn packet<'a>(
        &'a self,
        piece: &'a Piece,
        format: &'a dyn Format,
        index: usize,
    ) -> Option<Packet<'a>> {
        let head = piece.heads.get(index)?;
        let number = piece.number(index);
        Some(Packet { span: piece.span(format), head, scene: &self.scene, number })
    }

    /// The meta record with this index, which has changed the scene already when it is seen.
    pub fn meta<'a>(
        &'a mut self,
        piece: &'a Piece,
        format: &'a dyn Format,
        index: usize,
        head: &Head,
    ) -> Meta<'a> {
        let span = piece.span(format);
        let (items, len) = piece::meta_items(span, head, &self.scene);
        self.scene.apply(&items);
        self.metas += 1;
        piece::meta(span, head, items, len, &self.scene, piece.number(index))
    }

    /// The scene.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }
}
