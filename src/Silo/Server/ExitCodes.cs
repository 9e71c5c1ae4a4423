namespace Prism.Silo.Server;

/// <summary>What the process ends with. Whatever is not 0 has a supervisor start it again.</summary>
internal static class ExitCodes
{
    /// <summary>It was told to stop, and did.</summary>
    public const int Stopped = 0;

    /// <summary>It did not start, or did not stop in time.</summary>
    public const int Failed = 1;

    /// <summary>The cluster has declared its silo dead, or its silo cannot go on for another reason.</summary>
    public const int LostCluster = 3;
}
