// oneTBB's flow graph on the shapes of this bench: a continue_node for every task.
//
// Arguments: threads, milliseconds to repeat for. Standard input: two graphs, the first of which is
// executed with tasks that check their order. Standard output: ns per task, ns per task to build,
// bytes per task, CPU seconds of the process.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include <signal.h>
#include <sys/prctl.h>

#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

using Clock = std::chrono::steady_clock;
using Message = tbb::flow::continue_msg;
using Node = tbb::flow::continue_node<Message>;

[[noreturn]] static void fail(const char *reason) {
    std::fprintf(stderr, "%s\n", reason);
    std::exit(1);
}

struct Shape {
    std::vector<std::uint32_t> offsets, targets;

    std::uint32_t tasks() const { return static_cast<std::uint32_t>(offsets.size() - 1); }

    static void read(std::vector<std::uint32_t> &numbers) {
        if (std::fread(numbers.data(), sizeof(std::uint32_t), numbers.size(), stdin) !=
            numbers.size()) {
            fail("the input ends early");
        }
    }

    static Shape from_input() {
        std::vector<std::uint32_t> counts(2);
        read(counts);
        Shape shape;
        shape.offsets.resize(counts[0] + 1);
        shape.targets.resize(counts[1]);
        read(shape.offsets);
        read(shape.targets);
        return shape;
    }
};

// Counts the tasks, each thread on its own cache line.
struct Counting {
    struct alignas(128) Counter {
        std::atomic<std::uint64_t> tasks{0};
    };
    inline static std::mutex mutex;
    inline static std::deque<Counter> counters;

    static Counter &own() {
        thread_local Counter *counter = nullptr;
        if (counter == nullptr) {
            std::lock_guard<std::mutex> guard(mutex);
            counter = &counters.emplace_back();
        }
        return *counter;
    }

    static std::uint64_t total() {
        std::lock_guard<std::mutex> guard(mutex);
        std::uint64_t sum = 0;
        for (auto &counter : counters) sum += counter.tasks.load(std::memory_order_relaxed);
        return sum;
    }

    void execute(std::uint32_t) {
        auto &tasks = own().tasks;
        tasks.store(tasks.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
};

// Checks that a task comes once, and after all it depends on.
struct Checking {
    std::vector<std::vector<std::uint32_t>> predecessors;
    std::vector<std::atomic<bool>> done;
    std::atomic<std::uint32_t> mistakes{0};

    explicit Checking(const Shape &shape) : predecessors(shape.tasks()), done(shape.tasks()) {
        for (std::uint32_t task = 0; task < shape.tasks(); ++task) {
            for (auto edge = shape.offsets[task]; edge < shape.offsets[task + 1]; ++edge) {
                predecessors[shape.targets[edge]].push_back(task);
            }
        }
    }

    void execute(std::uint32_t task) {
        for (auto dependency : predecessors[task]) {
            if (!done[dependency].load()) ++mistakes;
        }
        if (done[task].exchange(true)) ++mistakes;
    }

    bool is_right() const {
        for (auto &task : done) {
            if (!task.load()) return false;
        }
        return mistakes.load() == 0;
    }
};

struct Times {
    double build = 0, run = 0;
};

static double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

template <class Body> Times execute(const Shape &shape, Body &body) {
    Times times;
    auto start = Clock::now();
    tbb::flow::graph graph;
    std::deque<Node> nodes;
    for (std::uint32_t task = 0; task < shape.tasks(); ++task) {
        nodes.emplace_back(graph, [&body, task](const Message &) { body.execute(task); });
    }
    std::vector<bool> is_root(shape.tasks(), true);
    for (std::uint32_t task = 0; task < shape.tasks(); ++task) {
        for (auto edge = shape.offsets[task]; edge < shape.offsets[task + 1]; ++edge) {
            tbb::flow::make_edge(nodes[task], nodes[shape.targets[edge]]);
            is_root[shape.targets[edge]] = false;
        }
    }
    times.build = seconds_since(start);
    start = Clock::now();
    for (std::uint32_t task = 0; task < shape.tasks(); ++task) {
        if (is_root[task]) nodes[task].try_put(Message());
    }
    graph.wait_for_all();
    times.run = seconds_since(start);
    return times;
}

static Times count(const Shape &shape) {
    Counting counting;
    auto before = Counting::total();
    auto times = execute(shape, counting);
    if (Counting::total() - before != shape.tasks()) fail("not every task has run once");
    return times;
}

static double status_bytes(const std::string &key) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        double kilobytes = 0;
        if (word == key && status >> kilobytes) return kilobytes * 1024;
    }
    fail("the kernel does not count this process's memory");
}

static void measure(const Shape &checked, const Shape &shape, std::chrono::milliseconds minimum) {
    Checking checking(checked);
    execute(checked, checking);
    if (!checking.is_right()) fail("a task has not run once, after all it depends on");

    std::ofstream("/proc/self/clear_refs") << "5";
    auto before = status_bytes("VmRSS:");
    count(shape);
    auto bytes = status_bytes("VmHWM:") - before;

    Times sum;
    int executions = 0;
    for (auto start = Clock::now(); Clock::now() - start < minimum; ++executions) {
        auto times = count(shape);
        sum.build += times.build;
        sum.run += times.run;
    }
    double tasks = shape.tasks();
    double executed = tasks * executions;
    timespec cpu{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    std::printf("%f %f %f %f\n", sum.run * 1e9 / executed, sum.build * 1e9 / executed,
                bytes / tasks, static_cast<double>(cpu.tv_sec) + cpu.tv_nsec / 1e9);
}

int main(int argc, char **argv) {
    if (argc != 3) fail("usage: threads milliseconds");
    // A sample that nobody waits for would only disturb.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int threads = std::atoi(argv[1]);
    std::chrono::milliseconds minimum(std::atoi(argv[2]));
    auto checked = Shape::from_input();
    auto shape = Shape::from_input();
    tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    tbb::task_arena(threads).execute([&] { measure(checked, shape, minimum); });
}
