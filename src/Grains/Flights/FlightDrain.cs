using Microsoft.Extensions.Logging;

namespace Prism.Flights;

/// <summary>
/// Lets flights land that this silo leads for others when it stops. Its own clients have gone by then; a follower elsewhere would get half an
/// answer.
/// </summary>
internal sealed partial class FlightDrain(FlightRegistry flights, TimeProvider time, ILogger<FlightDrain> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    // Of the time that the silo has to stop, most is for what it hands over.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(FlightDrain), ServiceLifecycleStage.Active, _ => Task.CompletedTask, DrainAsync);

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        try
        {
            await flights.WhenSettledAsync().WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            LogCutOff();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The silo stops with calls under way that others share")]
    private partial void LogCutOff();
}
