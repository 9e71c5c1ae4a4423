namespace Prism.Silo.Server;

/// <summary>The exit codes of the process. A supervisor restarts it after any code but 0.</summary>
internal static class ExitCodes
{
    /// <summary>It was stopped, in order.</summary>
    public const int Stopped = 0;

    /// <summary>It did not start, or did not stop in time.</summary>
    public const int Failed = 1;

    /// <summary>The cluster has declared its silo dead, or its silo cannot go on for another reason.</summary>
    public const int LostCluster = 3;
}
