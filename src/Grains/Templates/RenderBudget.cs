using System.Runtime.CompilerServices;
using Scriban.Parsing;

namespace Prism.Grains.Templates;

/// <summary>
/// The rest of one rendering's <see cref="TemplateOptions"/>. Work is counted before it is done, in units of about one character that is read or
/// written: the same template with the same values always counts the same, on a busy machine too. The clock is the second line.
/// </summary>
internal sealed class RenderBudget(TemplateOptions options, TimeProvider time, CancellationToken cancellationToken)
{
    private readonly long _started = time.GetTimestamp();
    private readonly long _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();

    /// <summary>How much has been done or is about to be.</summary>
    public long Work { get; private set; }

    /// <summary>Counts work that is about to be done.</summary>
    /// <exception cref="TemplateLimitException">It is more than there is left.</exception>
    public void Spend(SourceSpan span, long work)
    {
        // The costs of functions are products of lengths: they must not overflow.
        Work = work > options.MaxWork - Work ? long.MaxValue : Work + work;
        if (Work > options.MaxWork)
        {
            throw new TemplateLimitException(span, $"takes more than {options.MaxWork:N0} units of work");
        }
    }

    /// <summary>Checks the measured limits: time, memory, the stack, and whether the caller still waits.</summary>
    /// <exception cref="TemplateLimitException">It is over one of its limits.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public void Check(SourceSpan span)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (time.GetElapsedTime(_started) > options.Deadline)
        {
            throw new TemplateLimitException(span, $"takes longer than {options.Deadline.TotalMilliseconds:0} ms");
        }

        if (GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore > options.MaxAllocatedBytes)
        {
            throw new TemplateLimitException(span, $"takes more than {options.MaxAllocatedBytes:N0} bytes of memory");
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TemplateLimitException(span, "is nested or calls functions too deep");
        }
    }
}
