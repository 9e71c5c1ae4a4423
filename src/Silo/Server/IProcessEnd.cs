namespace Prism.Silo.Server;

/// <summary>Ends the process in the middle of what it does.</summary>
internal interface IProcessEnd
{
    /// <summary>Ends it with this code. Whatever is under way is cut off.</summary>
    void EndNow(int exitCode);
}
