namespace Prism.Grains.Interfaces.Cluster;

/// <summary>The shutdown of this process. First the process only reports that it is not ready; then these fire.</summary>
public interface IDrain
{
    /// <summary>Fires when the process accepts no more work. Requests that only watch other work end then.</summary>
    CancellationToken Draining { get; }

    /// <summary>Fires when the time for the work in progress is over. That work ends then, with an error.</summary>
    CancellationToken Deadline { get; }
}
