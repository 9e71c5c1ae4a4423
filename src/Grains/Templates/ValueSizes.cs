using System.Numerics;
using Scriban.Runtime;

namespace Prism.Grains.Templates;

/// <summary>
/// The depth and length of the values of one rendering. Lists and objects cannot be changed once they are made (see <see cref="TemplateAnalyzer"/>),
/// so each is measured once, from its parts. That bounds Scriban's recursive work over values, most of it without a limit of its own: a list that
/// holds the same list twice, forty times over, has 2⁴⁰ elements to compare.
/// </summary>
internal sealed class ValueSizes(TemplateOptions options)
{
    private readonly Dictionary<object, Size> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>The limit that a value exceeds, or null.</summary>
    public string? FindExcess(object? value)
    {
        if (value is BigInteger number && number.GetBitLength() > options.MaxNumberBits)
        {
            return $"makes a number of more than {options.MaxNumberBits:N0} bits";
        }

        var size = Measure(value);
        return size.Depth > options.MaxValueDepth ? $"makes a value that is nested more than {options.MaxValueDepth:N0} deep"
            : size.Length > options.MaxStringLength ? $"makes a value of more than {options.MaxStringLength:N0} characters"
            : null;
    }

    /// <summary>About how many characters a value has when it is printed.</summary>
    public long LengthOf(object? value) => Measure(value).Length;

    private Size Measure(object? value) => value switch
    {
        string text => new(0, text.Length),
        KeyValuePair<string, object?> { Value: var member } => Measure(member).Inside(0),
        ScriptArray or ScriptObject when _known.TryGetValue(value, out var size) => size,
        ScriptArray list => _known[list] = MeasureAll(list, 0),
        ScriptObject members => _known[members] = MeasureAll(members.Values, members.Keys.Sum(name => (long)name.Length)),
        _ => new(0, 1),
    };

    private Size MeasureAll(IEnumerable<object?> parts, long ownLength)
    {
        var whole = new Size(1, 1 + ownLength);
        foreach (var part in parts)
        {
            var inner = Measure(part).Inside(1);
            // The deepest is one too deep at most, and lengths are added up only as far as they count: neither can overflow.
            whole = new(Math.Max(whole.Depth, inner.Depth), Math.Min(whole.Length + inner.Length, int.MaxValue));
        }

        return whole;
    }

    /// <param name="Depth">How many lists and objects are around the innermost value.</param>
    /// <param name="Length">About how many characters it has when it is printed.</param>
    private readonly record struct Size(int Depth, long Length)
    {
        public Size Inside(int levels) => new(Depth + levels, Length + 1);
    }
}
