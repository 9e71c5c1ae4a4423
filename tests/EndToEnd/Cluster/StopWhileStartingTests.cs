using Prism.Tests.Processes;

namespace Prism.Tests.Cluster;

/// <summary>A process that is told to stop at any moment of its start does so, in one line and without a failure.</summary>
[Collection(Lanes.Moments)]
public sealed class StopWhileStartingTests : IDisposable
{
    // Only a hang reaches it.
    private static readonly TimeSpan Deadline = Patience.Limit;

    // What a shell runs in the background ignores SIGINT, and so do all that it starts.
    private static readonly SiloLaunch Interruptible = new() { Wrapper = ["env", "--default-signal=INT"] };

    private readonly string _logs = Directory.CreateTempSubdirectory("prism-start-").FullName;

    public void Dispose() => Directory.Delete(_logs, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task It_stops_at_some_moments(bool isTerminated) => StopAsync(isTerminated, steps: 2);

    [Theory, Trait("Suite", "Long")]
    [InlineData(true)]
    [InlineData(false)]
    public Task It_stops_at_any_moment(bool isTerminated) => StopAsync(isTerminated, steps: 12);

    [Fact]
    public async Task It_stops_while_Redis_cannot_be_reached()
    {
        await using var silo = PrismProcess.Start("without-redis", _logs, new SiloLaunch(), [("LLM_REDIS_URL", $"redis://127.0.0.1:{FreePorts.Take(1)[0]}")]);
        await Until.TrueAsync("it waits for Redis", Deadline, async () => (await ReadLogAsync(silo)).Contains("cannot be reached", StringComparison.Ordinal));

        await AssertStopsAsync(silo, isTerminated: true);

        Assert.Contains("prism: stopped while it was starting.", await ReadLogAsync(silo), StringComparison.Ordinal);
    }

    private async Task StopAsync(bool isTerminated, int steps)
    {
        // As long as a start takes on this machine now.
        var whole = await MeasureStartAsync();
        for (var step = 0; step <= steps; step++)
        {
            await using var silo = PrismProcess.Start($"{isTerminated}-{step}", _logs, Interruptible, []);
            await Until.TrueAsync("it hears the signal", () => Task.FromResult(silo.CommandName != "env"));
            await Task.Delay(whole * step / steps);
            await AssertStopsAsync(silo, isTerminated);
        }
    }

    private async Task<TimeSpan> MeasureStartAsync()
    {
        var begun = TimeProvider.System.GetTimestamp();
        await using var silo = PrismProcess.Start("measured", _logs, new SiloLaunch(), []);
        await silo.ReadyAsync();
        return TimeProvider.System.GetElapsedTime(begun);
    }

    private static async Task AssertStopsAsync(PrismProcess silo, bool isTerminated)
    {
        await silo.SignalStopAsync(isTerminated);
        await silo.WaitForExitAsync(Deadline);

        var log = await ReadLogAsync(silo);
        // Before the program's first line the system ends it.
        var bySignal = isTerminated ? 143 : 130;
        Assert.True(silo.ExitCode == 0 || (silo.ExitCode == bySignal && log.Length == 0), $"{silo.Name} ended with {silo.ExitCode}:\n{log}");
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
        Assert.DoesNotContain("\"@l\":\"Error\"", log, StringComparison.Ordinal);
    }

    private static async Task<string> ReadLogAsync(PrismProcess silo)
    {
        await using var file = new FileStream(silo.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync();
    }
}
