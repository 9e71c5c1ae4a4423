namespace Prism.Silo.Server;

/// <summary>Ends the process at once.</summary>
internal interface IProcessEnd
{
    /// <summary>Ends it with this code. Work in progress is cut off.</summary>
    void EndNow(int exitCode);
}
