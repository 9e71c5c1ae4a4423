using Prism.Grains.Templates;

namespace Prism.Tests.Templates;

/// <summary>Who renders when, and on what threads.</summary>
public sealed class TemplateRunnerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ManualResetEventSlim _gate = new();
    private readonly List<TemplateRunner> _runners = [];

    public void Dispose()
    {
        _gate.Set();
        _runners.ForEach(runner => runner.Dispose());
        _gate.Dispose();
    }

    [Fact]
    public async Task Work_runs_on_threads_of_its_own_and_gives_back_what_comes_of_it()
    {
        var runner = Create(atOnce: 2, perOwner: 2);

        var isOfPool = await runner.RunAsync("a", _ => Thread.CurrentThread.IsThreadPoolThread, default);
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(
            () => runner.RunAsync<int>("a", _ => throw new InvalidOperationException("It broke."), default));

        Assert.False(isOfPool);
        Assert.Equal("It broke.", failed.Message);
        Assert.Equal(3, await runner.RunAsync("a", _ => 3, default));
    }

    [Fact]
    public async Task An_owner_that_asks_for_much_holds_no_more_than_its_share()
    {
        var runner = Create(atOnce: 2, perOwner: 1);
        var (running, most) = (0, 0);
        var greedy = Enumerable.Range(0, 20).Select(_ => runner.RunAsync("greedy", _ =>
        {
            var now = Interlocked.Increment(ref running);
            most = Math.Max(most, now);
            _gate.Wait(CancellationToken.None);
            return Interlocked.Decrement(ref running);
        }, default)).ToList();

        // Were it not for the share, both threads would wait for the gate.
        var others = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => runner.RunAsync($"other {i}", _ => i, default))).WaitAsync(Patience);
        _gate.Set();
        await Task.WhenAll(greedy).WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(0, 20), others);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Owners_take_turns()
    {
        var runner = Create(atOnce: 1, perOwner: 1);
        var order = new List<string>();
        var first = runner.RunAsync("first", _ => Wait(), default);
        var all = new[] { "a", "a", "a", "b", "b", "c" }
            .Select(owner => runner.RunAsync(owner, _ => Note(order, owner), default)).ToList();

        _gate.Set();
        await Task.WhenAll(all.Append(first)).WaitAsync(Patience);

        Assert.Equal("abcaba", string.Concat(order));
    }

    [Fact]
    public async Task No_more_than_so_many_of_an_owner_may_wait_and_those_that_left_do_not()
    {
        var runner = Create(atOnce: 1, perOwner: 1, waiting: 2);
        var busy = runner.RunAsync("busy", _ => Wait(), default);
        using var leaving = new CancellationTokenSource();
        var left = new[] { runner.TryRunAsync("a", _ => 1, leaving.Token)!, runner.TryRunAsync("a", _ => 2, leaving.Token)! };

        var refused = runner.TryRunAsync("a", _ => 3, default);
        var ofAnother = runner.TryRunAsync("b", _ => 4, default);
        await leaving.CancelAsync();
        var taken = runner.TryRunAsync("a", _ => 5, default);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(left).WaitAsync(Patience));
        _gate.Set();

        Assert.Null(refused);
        Assert.Equal((4, 5), (await ofAnother!.WaitAsync(Patience), await taken!.WaitAsync(Patience)));
        await busy.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_caller_that_leaves_waits_no_longer_and_its_work_is_told()
    {
        var runner = Create(atOnce: 1, perOwner: 1);
        using var leaving = new CancellationTokenSource();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = runner.RunAsync("a", token =>
        {
            begun.SetResult();
            token.WaitHandle.WaitOne();
            told.SetResult();
            token.ThrowIfCancellationRequested();
            return 1;
        }, leaving.Token);
        var waiting = runner.RunAsync<int>("a", _ => throw new InvalidOperationException("Nobody waits for it."), leaving.Token);
        await begun.Task.WaitAsync(Patience);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Patience));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
        await told.Task.WaitAsync(Patience);
        Assert.Equal(2, await runner.RunAsync("a", _ => 2, default).WaitAsync(Patience));
    }

    [Fact]
    public async Task What_waits_when_the_process_stops_is_given_up()
    {
        var runner = Create(atOnce: 1, perOwner: 1);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var busy = runner.RunAsync("a", _ =>
        {
            begun.SetResult();
            return Wait();
        }, default);
        var waiting = runner.RunAsync("a", _ => 1, default);
        await begun.Task.WaitAsync(Patience);

        runner.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => runner.RunAsync("a", _ => 1, default));
        _gate.Set();
        Assert.Equal(0, await busy.WaitAsync(Patience));
    }

    private static int Note(List<string> order, string owner)
    {
        order.Add(owner);
        return order.Count;
    }

    private int Wait()
    {
        _gate.Wait();
        return 0;
    }

    private TemplateRunner Create(int atOnce, int perOwner, int waiting = 100)
    {
        _runners.Add(new(new() { RendersAtOnce = atOnce, RendersAtOncePerOwner = perOwner, RendersWaiting = waiting }));
        return _runners[^1];
    }
}
