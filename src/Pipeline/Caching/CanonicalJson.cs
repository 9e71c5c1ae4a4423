using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Pipeline.Caching;

/// <summary>
/// Writes JSON in the one form that all texts of the same meaning share: no white space, properties sorted by the bytes of their names, fractions as
/// the shortest decimal of the same double (as in RFC 8785), whole numbers unchanged. Strings are unchanged: their serialiser escapes all alike.
/// </summary>
/// <param name="output">The buffer to write to.</param>
/// <param name="isLeftOut">Gets each property's name and the depth of its object (0 for the outermost value); true omits the property.</param>
internal sealed class CanonicalJson(PooledBuffer output, CanonicalJson.PropertyFilter isLeftOut) : IComparer<CanonicalJson.Member>
{
    private const int MaxDepth = 512;

    private static readonly SearchValues<byte> OfFractions = SearchValues.Create(".eE"u8);

    // The members of all open objects, those of the innermost one last.
    private readonly List<Member> _members = [];

    /// <summary>Whether a property is omitted.</summary>
    public delegate bool PropertyFilter(ReadOnlySpan<byte> name, int depth);

    /// <summary>Writes one value.</summary>
    public void Write(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        WriteValue(ref reader);
    }

    int IComparer<Member>.Compare(Member left, Member right)
    {
        var byName = output.Written.Slice(left.Start, left.NameLength).SequenceCompareTo(output.Written.Slice(right.Start, right.NameLength));
        // Two properties of the same name keep their order.
        return byName != 0 ? byName : left.Start - right.Start;
    }

    private void WriteValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                WriteObject(ref reader);
                break;
            case JsonTokenType.StartArray:
                WriteArray(ref reader);
                break;
            case JsonTokenType.String:
                WriteQuoted(reader.ValueSpan);
                break;
            case JsonTokenType.Number:
                WriteNumber(reader.ValueSpan);
                break;
            default:
                output.Append(reader.ValueSpan);
                break;
        }
    }

    private void WriteArray(ref Utf8JsonReader reader)
    {
        output.Append((byte)'[');
        var start = output.Length;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            WriteValue(ref reader);
            output.Append((byte)',');
        }

        Close(start, (byte)']');
    }

    private void WriteObject(ref Utf8JsonReader reader)
    {
        output.Append((byte)'{');
        var (start, firstMember, depth, isSorted) = (output.Length, _members.Count, reader.CurrentDepth, true);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (isLeftOut(reader.ValueSpan, depth))
            {
                reader.Skip();
                continue;
            }

            // Each member includes its comma, so that members can be moved.
            var (memberStart, nameLength) = (output.Length, reader.ValueSpan.Length + 2);
            WriteQuoted(reader.ValueSpan);
            output.Append((byte)':');
            reader.Read();
            WriteValue(ref reader);
            output.Append((byte)',');
            var member = new Member(memberStart, nameLength, output.Length - memberStart);
            isSorted &= _members.Count == firstMember || ((IComparer<Member>)this).Compare(_members[^1], member) < 0;
            _members.Add(member);
        }

        if (!isSorted)
        {
            Sort(start, firstMember);
        }

        _members.RemoveRange(firstMember, _members.Count - firstMember);
        Close(start, (byte)'}');
    }

    private void Sort(int start, int firstMember)
    {
        _members.Sort(firstMember, _members.Count - firstMember, this);
        var unsorted = ArrayPool<byte>.Shared.Rent(output.Length - start);
        output.Written[start..].CopyTo(unsorted);
        output.Truncate(start);
        foreach (var member in _members.Skip(firstMember))
        {
            output.Append(unsorted.AsSpan(member.Start - start, member.Length));
        }

        ArrayPool<byte>.Shared.Return(unsorted);
    }

    // The bracket replaces the last comma, if there is one.
    private void Close(int start, byte bracket)
    {
        output.Truncate(Math.Max(start, output.Length - 1));
        output.Append(bracket);
    }

    private void WriteQuoted(ReadOnlySpan<byte> escaped)
    {
        output.Append((byte)'"');
        output.Append(escaped);
        output.Append((byte)'"');
    }

    private void WriteNumber(ReadOnlySpan<byte> number)
    {
        Span<byte> shortest = stackalloc byte[32];
        output.Append(
            number.ContainsAny(OfFractions)
            && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value)
            && value.TryFormat(shortest, out var length, default, CultureInfo.InvariantCulture)
                ? shortest[..length]
                : number);
    }

    /// <summary>The place of a property in the output: its name in quotes, its value, a comma.</summary>
    internal readonly record struct Member(int Start, int NameLength, int Length);
}
