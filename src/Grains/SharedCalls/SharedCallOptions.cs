namespace Prism.Grains.SharedCalls;

/// <summary>Calls that several requests share.</summary>
internal sealed class SharedCallOptions
{
    /// <summary>
    /// The most memory, in bytes, of the log of one answer. Beyond it, no other request can join, and the answer is not stored. Default: 16 MiB.
    /// </summary>
    public long MaxBytes { get; set; } = 16 * 1024 * 1024;
}
