namespace Prism.Silo.Logging;

/// <summary>
/// Silences the log of a host that is stopped during its start: the cancelled parts of a start log stacks without information.
/// </summary>
internal sealed class LogSwitch
{
    private volatile bool _isOff;

    /// <summary>Whether the log is silent.</summary>
    public bool IsOff => _isOff;

    /// <summary>Silences the log.</summary>
    public void TurnOff() => _isOff = true;
}
