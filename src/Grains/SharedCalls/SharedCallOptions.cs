namespace Prism.Grains.SharedCalls;

/// <summary>Calls that several requests share.</summary>
internal sealed class SharedCallOptions
{
    /// <summary>The most bytes of memory that the log of one answer takes. Beyond it nobody else can join, and the answer is not kept. Default: 16 MiB.</summary>
    public long MaxBytes { get; set; } = 16 * 1024 * 1024;
}
