namespace Prism.Grains.Interfaces.Cluster;

/// <summary>How far this process is on its way to its end. First it only says that it is not ready any more; then these fire.</summary>
public interface IDrain
{
    /// <summary>Fires when nothing new is taken any more. What only watches the work of others ends then.</summary>
    CancellationToken Closing { get; }

    /// <summary>Fires when what is under way has had all the time there is for it. It ends then, with an error.</summary>
    CancellationToken Over { get; }
}
