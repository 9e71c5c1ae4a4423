using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Tests.Server;

/// <summary>The steps of a stop: not ready, nothing new, the end of what is under way.</summary>
public sealed class DrainTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = Patience.Limit;

    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _begun = new();
    private readonly TaskCompletionSource _finish = new();
    private readonly TaskCompletionSource _cut = new();
    private WebApplication _app = null!;

    private IDrain Drain => _app.Services.GetRequiredService<IDrain>();

    public async Task InitializeAsync()
    {
        _app = SiloHost.Build(
            SiloHost.Ports(("LLM_SHUTDOWN_TIMEOUT", "600"), ("LLM_DRAIN_DELAY", "5"), ("LLM_DRAIN_TIMEOUT", "15")), map: Map, time: _time);
        await _app.StartAsync();
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task First_it_is_only_not_ready_any_more()
    {
        using var client = new HttpClient();

        var stop = _app.StopAsync();

        Assert.True(_app.Lifetime.ApplicationStopping.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal("here", await client.GetStringAsync(new Uri(_app.Addresses()[0], "/quick")));
        Assert.False(Drain.Draining.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await WhenAsync(Drain.Draining);
        await stop.WaitAsync(Deadline);
        Assert.False(Drain.Deadline.IsCancellationRequested);
    }

    [Fact]
    public async Task A_request_under_way_is_finished()
    {
        using var client = new HttpClient();
        var answer = client.GetStringAsync(_app.Addresses()[0]);
        await _begun.Task;

        var stop = await CloseAsync();
        _time.Advance(TimeSpan.FromSeconds(14));
        _finish.SetResult();

        Assert.Equal("done", await answer.WaitAsync(Deadline));
        await stop.WaitAsync(Deadline);
        Assert.False(Drain.Deadline.IsCancellationRequested);
    }

    [Fact]
    public async Task A_request_that_takes_longer_is_told_and_then_cut_and_does_not_hold_the_stop_up()
    {
        using var client = new HttpClient();
        var answer = client.GetStringAsync(_app.Addresses()[0]);
        await _begun.Task;

        var stop = await CloseAsync();
        var over = WhenAsync(Drain.Deadline);
        _time.Advance(TimeSpan.FromSeconds(15));

        await over;
        Assert.False(_cut.Task.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        await _cut.Task.WaitAsync(Deadline);
        await Assert.ThrowsAsync<HttpRequestException>(() => answer);
        await stop.WaitAsync(Deadline);
    }

    // Stops, up to where nothing new is taken any more.
    private async Task<Task> CloseAsync()
    {
        var closing = WhenAsync(Drain.Draining);
        var stop = _app.StopAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        await closing;
        return stop;
    }

    private static async Task WhenAsync(CancellationToken step)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = step.Register(fired.SetResult);
        await fired.Task.WaitAsync(Deadline, CancellationToken.None);
    }

    private void Map(WebApplication app)
    {
        app.MapGet("/quick", () => "here");
        app.MapGet("/", async (HttpContext context) =>
        {
            await using var aborted = context.RequestAborted.Register(_cut.SetResult);
            _begun.SetResult();
            await Task.WhenAny(_finish.Task, _cut.Task);
            return "done";
        });
    }
}
