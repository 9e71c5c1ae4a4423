using System.Text;
using Prism.Gateway.Logging;

namespace Prism.Silo.Logging;

/// <summary>One fact of a request: a part of the message of its line, and a property.</summary>
internal abstract class RequestFact
{
    private readonly byte[] _before;
    private readonly byte[] _after;
    private readonly byte[] _property;

    /// <param name="template">Its part of the message template, <c>", attempts {Attempts}"</c>, with the property's name between the braces.</param>
    protected RequestFact(string template)
    {
        var parts = template.Split('{', '}');
        Template = template;
        _before = Encoding.UTF8.GetBytes(parts[0]);
        _after = Encoding.UTF8.GetBytes(parts[2]);
        _property = Encoding.UTF8.GetBytes($",\"{parts[1].Split(':')[0]}\":");
    }

    /// <summary>The part of the message template.</summary>
    public string Template { get; }

    public abstract bool IsKnown(RequestLog log);

    /// <returns>The place of the value, if it looks the same in the property.</returns>
    public Place WriteToMessage(LineWriter line, RequestLog log, LogFormat format)
    {
        line.Write(_before);
        var place = WriteValue(line, log, format);
        line.Write(_after);
        return place;
    }

    /// <summary>Writes the property.</summary>
    /// <param name="line">The line.</param>
    /// <param name="log">The facts.</param>
    /// <param name="written">The place of the value in the message.</param>
    public void WriteProperty(LineWriter line, RequestLog log, Place written)
    {
        line.Write(_property);
        WriteJson(line, log, written);
    }

    protected abstract Place WriteValue(LineWriter line, RequestLog log, LogFormat format);

    protected abstract void WriteJson(LineWriter line, RequestLog log, Place written);
}

/// <summary>A text, perhaps of a client or a provider.</summary>
internal sealed class TextFact(string template, Func<RequestLog, string?> find) : RequestFact(template)
{
    public override bool IsKnown(RequestLog log) => find(log) is not null;

    protected override Place WriteValue(LineWriter line, RequestLog log, LogFormat format) => ControlCharacters.Write(line, find(log), format);

    protected override void WriteJson(LineWriter line, RequestLog log, Place written)
    {
        line.Write((byte)'"');
        line.Copy(written);
        line.Write((byte)'"');
    }
}

/// <summary>A number.</summary>
/// <param name="template">Its part of the message template.</param>
/// <param name="find">Finds it.</param>
/// <param name="write">Writes it to the message.</param>
/// <param name="writeAll">Writes it with all its digits.</param>
internal sealed class NumberFact<T>(string template, Func<RequestLog, T?> find, Func<LineWriter, T, Place> write, Action<LineWriter, T> writeAll)
    : RequestFact(template)
    where T : struct
{
    public override bool IsKnown(RequestLog log) => find(log) is not null;

    protected override Place WriteValue(LineWriter line, RequestLog log, LogFormat format) => write(line, find(log)!.Value);

    protected override void WriteJson(LineWriter line, RequestLog log, Place written)
    {
        if (written.Length > 0)
        {
            line.Copy(written);
        }
        else
        {
            writeAll(line, find(log)!.Value);
        }
    }
}
