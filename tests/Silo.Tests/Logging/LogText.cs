using System.Text;

namespace Prism.Tests.Logging;

/// <summary>An output that keeps what is written.</summary>
internal class LogText : MemoryStream
{
    private readonly Lock _gate = new();

    /// <summary>What is written so far. It has to be valid UTF-8.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(ToArray());
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_gate)
        {
            base.Write(buffer);
        }
    }
}
