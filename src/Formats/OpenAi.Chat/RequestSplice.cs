using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>The changes to the bytes of a request on the way to a provider of the same format.</summary>
/// <param name="Model">The provider's own name of the model.</param>
/// <param name="CapName">The property for the output cap that Prism adds; null if it adds none.</param>
/// <param name="Cap">That cap, in tokens.</param>
/// <param name="AsksForUsage">Whether the stream has to end with its usage, even if the client does not request it.</param>
public readonly record struct RequestSplice(string Model, string? CapName, int Cap, bool AsksForUsage)
{
    private const int MostEdits = 3;

    /// <summary>Writes the request. Everything else is copied unchanged.</summary>
    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> body, RequestSkim skim)
    {
        // In the order of the client's body.
        Span<Edit> edits = stackalloc Edit[MostEdits];
        var count = 0;
        Add(edits, ref count, Change.Insertions, (skim.Inside, 0));
        if (skim.ModelValue.Length > 0 && !IsModel(body.Slice(skim.ModelValue.Start, skim.ModelValue.Length)))
        {
            Add(edits, ref count, Change.Model, skim.ModelValue);
        }

        if (AsksForUsage && !skim.IncludeUsage)
        {
            if (skim.IncludeUsageValue.Length > 0)
            {
                Add(edits, ref count, Change.True, skim.IncludeUsageValue);
            }
            else if (skim.HasStreamOptions)
            {
                Add(edits, ref count, skim.IsStreamOptionsEmpty ? Change.OnlyUsage : Change.UsageToo, (skim.InsideStreamOptions, 0));
            }
            else if (skim.NullStreamOptions.Length > 0)
            {
                Add(edits, ref count, Change.StreamOptions, skim.NullStreamOptions);
            }
        }

        var copied = 0;
        foreach (var edit in edits[..count])
        {
            output.Write(body[copied..edit.Start]);
            copied = edit.Start + edit.Length;
            Write(output, edit.Change, skim);
        }

        output.Write(body[copied..]);
    }

    private void Write(IBufferWriter<byte> output, Change change, RequestSkim skim)
    {
        switch (change)
        {
            case Change.Insertions:
                WriteInsertions(output, skim);
                break;
            case Change.Model:
                WriteString(output, Model);
                break;
            case Change.True:
                output.Write("true"u8);
                break;
            case Change.OnlyUsage:
                output.Write("\"include_usage\":true"u8);
                break;
            case Change.UsageToo:
                output.Write("\"include_usage\":true,"u8);
                break;
            default:
                output.Write("{\"include_usage\":true}"u8);
                break;
        }
    }

    // At least one more property follows them: the messages.
    private void WriteInsertions(IBufferWriter<byte> output, RequestSkim skim)
    {
        if (skim.ModelValue.Length == 0)
        {
            output.Write("\"model\":"u8);
            WriteString(output, Model);
            output.Write(","u8);
        }

        if (CapName is not null)
        {
            WriteString(output, CapName);
            output.Write(":"u8);
            WriteNumber(output, Cap);
            output.Write(","u8);
        }

        if (AsksForUsage && !skim.HasStreamOptions && skim.NullStreamOptions.Length == 0)
        {
            output.Write("\"stream_options\":{\"include_usage\":true},"u8);
        }
    }

    private bool IsModel(ReadOnlySpan<byte> value)
    {
        Span<byte> model = stackalloc byte[512];
        return Utf8.FromUtf16(Model, model, out _, out var length) == OperationStatus.Done
            && value is [(byte)'"', .. var inside, (byte)'"']
            && inside.SequenceEqual(model[..length]);
    }

    private static void WriteString(IBufferWriter<byte> output, string text)
    {
        var escaped = JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        output.Write("\""u8);
        output.Write(escaped.EncodedUtf8Bytes);
        output.Write("\""u8);
    }

    private static void WriteNumber(IBufferWriter<byte> output, int number)
    {
        number.TryFormat(output.GetSpan(16), out var length, provider: CultureInfo.InvariantCulture);
        output.Advance(length);
    }

    private static void Add(Span<Edit> edits, ref int count, Change change, (int Start, int Length) at)
    {
        var place = count++;
        for (; place > 0 && edits[place - 1].Start > at.Start; place--)
        {
            edits[place] = edits[place - 1];
        }

        edits[place] = new(change, at.Start, at.Length);
    }

    private enum Change
    {
        Insertions,
        Model,
        True,
        OnlyUsage,
        UsageToo,
        StreamOptions,
    }

    private readonly record struct Edit(Change Change, int Start, int Length);
}
