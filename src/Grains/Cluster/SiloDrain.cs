using Microsoft.Extensions.Logging;
using Prism.Grains.Chat;
using Prism.Grains.Interfaces.Cluster;
using Prism.Grains.SharedCalls;

namespace Prism.Grains.Cluster;

/// <summary>
/// Before the silo stops, waits for its work for clients that are not its own: calls over Orleans, and shared calls that other silos follow. Its HTTP
/// clients have gone by then. A silo that just stopped would cut them off.
/// </summary>
internal sealed partial class SiloDrain(ChatGrainCalls calls, SharedCallRegistry sharedCalls, IDrain drain, TimeProvider time, ILogger<SiloDrain> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    // For the last event on its way to its reader.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task? _drained;

    // At this stage, clients are told to send nothing more to this silo.
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(SiloDrain), ServiceLifecycleStage.Active, _ => Task.CompletedTask, WhenDrainedAsync);

    /// <summary>Waits, as part of the silo's stop, for calls in progress and what they need.</summary>
    public Task WhenDrainedAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _drained ??= DrainAsync(cancellationToken);
        }
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        var settled = Task.WhenAll(calls.WhenNoneAsync(), sharedCalls.WhenSettledAsync());
        // A silo that has to go at once does not wait for the drain's end.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(drain.Deadline, cancellationToken);
        try
        {
            await settled.WaitAsync(over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await settled.WaitAsync(LastWords, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            LogCutOff();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The silo stops with calls in progress for other silos or clients")]
    private partial void LogCutOff();
}
