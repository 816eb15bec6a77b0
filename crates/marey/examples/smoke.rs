//! scratch
use marey::record::Record;
fn main() {
    let mut args = std::env::args_os().skip(1);
    let workers: usize = args.next().unwrap().to_str().unwrap().parse().unwrap();
    let bl: usize = args.next().unwrap().to_str().unwrap().parse().unwrap();
    for path in args {
        let t = match marey::open(&path) {
            Ok(t) => t,
            Err(e) => {
                println!("{}\tERR\t{}", path.display(), e.reason());
                continue;
            }
        };
        struct C(u64, u64, u64, i64, i64);
        impl marey::pipeline::Handler for C {
            type Out = ();
            fn on_packet(
                &mut self,
                p: &marey::Packet<'_>,
                _: &mut marey::pipeline::Cx<()>,
            ) -> marey::Next {
                self.0 += 1;
                self.1 += u64::from(p.wire_len());
                if let Some(t) = p.time() {
                    self.3 = self.3.min(t.as_ns());
                    self.4 = self.4.max(t.as_ns());
                }
                marey::GO
            }
            fn on_meta(
                &mut self,
                _: &marey::Meta<'_>,
                _: &mut marey::pipeline::Cx<()>,
            ) -> marey::Next {
                self.2 += 1;
                marey::GO
            }
        }
        let f = t.format();
        let r = t
            .workers(workers)
            .block_len(bl)
            .run(|_| C(0, 0, 0, i64::MAX, i64::MIN), |_, ()| marey::GO)
            .unwrap();
        let mut c = C(0, 0, 0, i64::MAX, i64::MIN);
        for h in &r.handlers {
            c.0 += h.0;
            c.1 += h.1;
            c.2 += h.2;
            c.3 = c.3.min(h.3);
            c.4 = c.4.max(h.4);
        }
        println!(
            "{}\t{}\t{}\t{}\t{}\t{}.{:09}\t{}.{:09}\t{}\t{:?}",
            path.display(),
            f,
            c.0,
            c.1,
            c.2,
            c.3.div_euclid(1000000000),
            c.3.rem_euclid(1000000000),
            c.4.div_euclid(1000000000),
            c.4.rem_euclid(1000000000),
            r.account.sum(),
            r.ledger.damage
        );
    }
    let _: Option<Record> = None;
}
