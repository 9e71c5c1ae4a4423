using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Prism.Tests.Server;

public sealed class ConnectionDrainTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _begun = new();
    private readonly TaskCompletionSource _finish = new();
    private readonly TaskCompletionSource _cut = new();
    private WebApplication _app = null!;

    public async Task InitializeAsync()
    {
        _app = SiloHost.Build(SiloHost.Ports(("LLM_SHUTDOWN_TIMEOUT", "600"), ("LLM_DRAIN_TIMEOUT", "15")), map: Map, time: _time);
        await _app.StartAsync();
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task A_request_under_way_is_finished()
    {
        using var client = new HttpClient();
        var answer = client.GetStringAsync(_app.Addresses()[0]);
        await _begun.Task;

        var stop = _app.StopAsync();
        _time.Advance(TimeSpan.FromSeconds(14));
        _finish.SetResult();

        Assert.Equal("done", await answer.WaitAsync(Deadline));
        await stop.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_request_that_takes_longer_than_the_drain_is_cut_and_does_not_hold_the_stop_up()
    {
        using var client = new HttpClient();
        var answer = client.GetStringAsync(_app.Addresses()[0]);
        await _begun.Task;

        var stop = _app.StopAsync();
        _time.Advance(TimeSpan.FromSeconds(15));

        await _cut.Task.WaitAsync(Deadline);
        await Assert.ThrowsAsync<HttpRequestException>(() => answer);
        await stop.WaitAsync(Deadline);
    }

    private void Map(WebApplication app) => app.MapGet("/", async (HttpContext context) =>
    {
        using var aborted = context.RequestAborted.Register(_cut.SetResult);
        _begun.SetResult();
        await Task.WhenAny(_finish.Task, _cut.Task);
        return "done";
    });
}
