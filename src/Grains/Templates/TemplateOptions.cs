using Microsoft.Extensions.Options;

namespace Prism.Grains.Templates;

/// <summary>The limits of templates. Bound from <c>Prism:Templates</c>.</summary>
public sealed class TemplateOptions
{
    /// <summary>The longest source of a template, in bytes of UTF-8. Default: 64 KiB.</summary>
    public int MaxTemplateBytes { get; set; } = 64 * 1024;

    /// <summary>How deep expressions and blocks may be nested in a template. Default: 64.</summary>
    public int MaxExpressionDepth { get; set; } = 64;

    /// <summary>How deep lists and objects may be nested in a value. Default: 32.</summary>
    public int MaxValueDepth { get; set; } = 32;

    /// <summary>
    /// How many rounds one loop may make, with those of the loops inside it, and how many elements a function may go through or make.
    /// Default: 10,000.
    /// </summary>
    public int MaxLoopRounds { get; set; } = 10_000;

    /// <summary>How deep functions may call each other. Default: 64.</summary>
    public int MaxCallDepth { get; set; } = 64;

    /// <summary>
    /// The longest value, in UTF-16 code units when it is printed: a text, or a list or object with all that is in it. Default: 4 Mi.
    /// </summary>
    public int MaxStringLength { get; set; } = 4 * 1024 * 1024;

    /// <summary>The longest prompt, in UTF-16 code units. Default: 4 Mi.</summary>
    public int MaxOutputLength { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest number, in bits. Default: 1,024, about 308 digits, as far as a double goes.</summary>
    public int MaxNumberBits { get; set; } = 1024;

    /// <summary>How much memory one rendering may allocate, in bytes, whether or not it keeps it. Default: 64 MiB.</summary>
    public long MaxAllocatedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// How much work one rendering may be, in units of about one character that is read or written. It is counted before it is done: a function whose
    /// arguments are too long, or whose product of lengths is too large, does not begin. Default: 100,000,000.
    /// </summary>
    public long MaxWork { get; set; } = 100_000_000;

    /// <summary>The longest regular expression, or replacement with <c>$</c> in it, in UTF-16 code units. Default: 1,000.</summary>
    public int MaxPatternLength { get; set; } = 1_000;

    /// <summary>How many renderings this silo works on at the same time, each on a thread of its own. Default: 4.</summary>
    public int RendersAtOnce { get; set; } = 4;

    /// <summary>How many of them may be of one owner. Default: 2.</summary>
    public int RendersAtOncePerOwner { get; set; } = 2;

    /// <summary>How many more requests of one owner may wait for that; all others get a 429 at once. Default: 1,000.</summary>
    public int RendersWaiting { get; set; } = 1_000;

    /// <summary>The longest that a regular expression may search for one match. Default: 50 ms.</summary>
    public TimeSpan RegexTimeout { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest that one rendering may take. Default: 250 ms.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The limits of work that is not retried and has no waiting caller: machines freeze at times.</summary>
    internal TemplateOptions WithPatience(int factor)
    {
        var patient = (TemplateOptions)MemberwiseClone();
        (patient.Deadline, patient.RegexTimeout) = (Deadline * factor, RegexTimeout * factor);
        return patient;
    }
}

/// <summary>Rejects invalid limits: Scriban takes 0 for "no limit".</summary>
internal sealed class TemplateOptionsValidator : IValidateOptions<TemplateOptions>
{
    public ValidateOptionsResult Validate(string? name, TemplateOptions options)
    {
        string[] wrong =
        [
            .. MustBePositive(nameof(options.MaxTemplateBytes), options.MaxTemplateBytes),
            .. MustBePositive(nameof(options.MaxExpressionDepth), options.MaxExpressionDepth),
            .. MustBePositive(nameof(options.MaxValueDepth), options.MaxValueDepth),
            .. MustBePositive(nameof(options.MaxLoopRounds), options.MaxLoopRounds),
            .. MustBePositive(nameof(options.MaxCallDepth), options.MaxCallDepth),
            .. MustBePositive(nameof(options.MaxStringLength), options.MaxStringLength),
            .. MustBePositive(nameof(options.MaxOutputLength), options.MaxOutputLength),
            .. MustBePositive(nameof(options.MaxNumberBits), options.MaxNumberBits),
            .. MustBePositive(nameof(options.MaxAllocatedBytes), options.MaxAllocatedBytes),
            .. MustBePositive(nameof(options.MaxWork), options.MaxWork),
            .. MustBePositive(nameof(options.MaxPatternLength), options.MaxPatternLength),
            .. MustBePositive(nameof(options.RendersAtOnce), options.RendersAtOnce),
            .. MustBePositive(nameof(options.RendersAtOncePerOwner), options.RendersAtOncePerOwner),
            .. MustBePositive(nameof(options.RendersWaiting), options.RendersWaiting),
            .. MustBePositive(nameof(options.RegexTimeout), options.RegexTimeout.Ticks),
            .. MustBePositive(nameof(options.Deadline), options.Deadline.Ticks),
        ];
        return wrong.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static string[] MustBePositive(string setting, long value) =>
        value > 0 ? [] : [$"Prism:Templates:{setting} must be greater than zero."];
}
