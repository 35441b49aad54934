//! Matching two inventories of one size, and of twice the size and more: the ratio of the times tells how it grows.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use msp_benches::generate;
use reconcile::matching::MatchPolicy;

fn matching(criterion: &mut Criterion) {
    let policy = MatchPolicy::default();
    let mut group = criterion.benchmark_group("match");
    group.sample_size(10);
    for size in [10_000, 100_000] {
        let inventories = generate(size, 1);
        group.throughput(Throughput::Elements(
            (inventories.left.len() + inventories.right.len()) as u64,
        ));
        let id = BenchmarkId::from_parameter(size);
        group.bench_with_input(id, &inventories, |bencher, inventories| {
            bencher.iter(|| black_box(inventories.matched(&policy)));
        });
    }
    group.finish();
}

criterion_group!(benches, matching);
criterion_main!(benches);
