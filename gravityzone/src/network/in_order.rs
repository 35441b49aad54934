//! Several futures at the same time, without a task for each.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

type Boxed<'f, T> = Pin<Box<dyn Future<Output = T> + Send + 'f>>;

/// Runs up to `at_once` of the futures at the same time and gives their results in the order of the input. `done` hears
/// of each result as it comes.
///
/// Every wake-up polls all that are under way, which is fine for the few that rate limits allow.
pub(crate) async fn in_order<'f, T: Send>(
    at_once: usize,
    futures: impl IntoIterator<Item = Boxed<'f, T>>,
    mut done: impl FnMut(&T),
) -> Vec<T> {
    let mut waiting: VecDeque<(usize, Boxed<'f, T>)> = futures.into_iter().enumerate().collect();
    let mut results: Vec<Option<T>> = waiting.iter().map(|_| None).collect();
    let mut under_way: Vec<(usize, Boxed<'f, T>)> = Vec::new();
    poll_fn(|cx| {
        loop {
            while under_way.len() < at_once.max(1)
                && let Some(next) = waiting.pop_front()
            {
                under_way.push(next);
            }
            let mut ended = false;
            under_way.retain_mut(|(at, future)| match future.as_mut().poll(cx) {
                Poll::Ready(result) => {
                    done(&result);
                    results[*at] = Some(result);
                    ended = true;
                    false
                }
                Poll::Pending => true,
            });
            if under_way.is_empty() && waiting.is_empty() {
                return Poll::Ready(());
            }
            if !ended || waiting.is_empty() {
                return Poll::Pending;
            }
        }
    })
    .await;
    results.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::in_order;

    #[tokio::test]
    async fn results_keep_their_order_and_the_bound_holds() {
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let mut heard = 0;
        let work = |n: u64| {
            let (running, most) = (&running, &most);
            Box::pin(async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(20 - n)).await;
                running.fetch_sub(1, Ordering::SeqCst);
                n
            }) as super::Boxed<'_, u64>
        };
        let results = in_order(3, (0..10).map(work), |_| heard += 1).await;
        assert_eq!(results, (0..10).collect::<Vec<_>>());
        assert_eq!(heard, 10);
        assert_eq!(most.load(Ordering::SeqCst), 3);
        assert!(
            in_order(0, Vec::<super::Boxed<'_, u64>>::new(), |_| ())
                .await
                .is_empty()
        );
    }
}
