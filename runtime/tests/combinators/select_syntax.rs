//! Everything that may stand in a `select!`.

use graph_runtime::select;
use std::future::{IntoFuture, Ready, pending, ready};

#[graph_runtime::test]
async fn handlers_with_and_without_commas() {
    let chosen = |n: u32| async move {
        select! {
            x = ready(n), if n == 0 => x + 100,
            x = ready(n), if n == 1 => { x + 100 },
            x = ready(n), if n == 2 => { x + 100 }
            x = ready(n), if n == 3 => if x == 3 { x + 100 } else { 0 }
            x = ready(n), if n == 4 => match x { 4 => x + 100, _ => 0 }
            x = ready(n), if n == 5 => loop { if x == 5 { break x + 100; } }
            x = ready(n) => x + 100
        }
    };
    for n in 0..8 {
        assert_eq!(chosen(n).await, n + 100);
    }
}

#[graph_runtime::test]
async fn it_is_an_expression_and_a_statement() {
    let mut seen = 0;
    select! { x = ready(1) => seen += x }
    select!(x = ready(1) => seen += x);
    select! { x = ready(1) => { seen += x; } };
    assert_eq!(1 + select! { x = ready(1) => x + seen }, 5);
}

#[graph_runtime::test]
async fn else_alone_is_its_own_value() {
    assert_eq!(select! { else => 1 }, 1);
    assert_eq!(select! { biased; else => 2, }, 2);
}

#[graph_runtime::test]
async fn selects_nest_in_handlers_and_futures() {
    let sum = select! {
        x = async { select! { y = ready(1) => y + 1 } } => select! {
            z = ready(x) => x + z,
        },
    };
    assert_eq!(sum, 4);
}

#[graph_runtime::test]
async fn anything_that_becomes_a_future_will_do() {
    struct Three;
    impl IntoFuture for Three {
        type Output = u32;
        type IntoFuture = Ready<u32>;
        fn into_future(self) -> Ready<u32> {
            ready(3)
        }
    }
    assert_eq!(select! { x = Three => x }, 3);
    assert_eq!(select! { x = Three, if let Some(1) = Some(1) => x }, 3);
}

#[graph_runtime::test]
async fn names_of_ours_are_not_the_callers() {
    let (output, futures, disabled, context, future0, first) = (1, 2, 3, 4, 5, 6);
    let sum = select! {
        is_pending = async { output + futures + disabled + context + future0 + first } => {
            is_pending + output
        },
        offset = pending::<i32>() => offset,
    };
    assert_eq!(sum, 22);
}

macro_rules! through_another_macro {
    ($pattern:pat, $future:expr, $condition:expr, $handler:expr) => {
        select! {
            $pattern = $future, if $condition => $handler,
            else => unreachable!(),
        }
    };
}

#[graph_runtime::test]
async fn its_parts_may_come_from_another_macro() {
    let doubled = through_another_macro!(Some(_), ready(Some(2)), 1 < 2, { 4 });
    assert_eq!(doubled, 4);
    assert_eq!(through_another_macro!(Ok::<_, i32>(_) | Err(_), ready(Ok(2)), true, 5), 5);
}

#[graph_runtime::test]
async fn sixty_four_branches() {
    macro_rules! with_seven_more {
        ($($ready:expr)*) => {
            select! {
                biased;
                $(
                    x = pending::<u32>() => x + $ready,
                    x = pending::<u32>() => x + $ready,
                    x = pending::<u32>() => x + $ready,
                    x = pending::<u32>() => x + $ready,
                    x = pending::<u32>() => x + $ready,
                    x = pending::<u32>() => x + $ready,
                    x = pending::<u32>() => x + $ready,
                    x = ready($ready) , if $ready == 8 => x,
                )*
            }
        };
    }
    assert_eq!(with_seven_more!(1 2 3 4 5 6 7 8), 8);
}

async fn never() -> ! {
    pending().await
}

#[graph_runtime::test]
async fn a_future_that_never_returns_warns_nobody() {
    let one = select! {
        _ = never() => 0,
        x = ready(1) => x,
    };
    assert_eq!(one, 1);
}

#[graph_runtime::test]
async fn a_statement_may_be_all_there_is_in_a_function() {
    async fn unit() {
        select! {
            _ = ready(()) => {}
        }
    }
    async fn value() -> u32 {
        select! {
            x = ready(7) => x,
        }
    }
    unit().await;
    assert_eq!(value().await, 7);
}

#[graph_runtime::test]
async fn a_future_without_an_output_needs_no_type() {
    let never = std::future::poll_fn(|_| panic!("it is not polled"));
    let chosen = select! {
        _ = never, if false => 1,
        () = async {} => 2,
    };
    assert_eq!(chosen, 2);
}
